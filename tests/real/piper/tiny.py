"""A voice of Piper's kind that hums: a graph of our own in the files that the real code loads."""

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from piper.phoneme_ids import DEFAULT_PHONEME_ID_MAP

RATE = 16_000
# Of one sound at length_scale 1; half of the sounds are the gaps that Piper puts in between.
SOUND_SAMPLES = 800
EMOTIONS = ("amused", "angry", "disgusted", "drunk", "neutral", "sleepy", "surprised", "whisper")


def graph(speakers: int) -> onnx.ModelProto:
    """Sine of a pitch that the speaker sets, as long as there are sounds to say."""
    rng = np.random.default_rng(1)
    sounds = rng.normal(0, 1, (256, 256)).astype("f4")
    constants = {
        "sounds": sounds,
        "one": np.array(1, "i8"),
        "zero": np.array(0.0, "f4"),
        "step": np.array(1.0, "f4"),
        "long": np.array(SOUND_SAMPLES, "f4"),
        "pitch": np.array(0.05, "f4"),
        "shape": np.array([1, 1, -1], "i8"),
    }
    pitched = "speaker" if speakers > 1 else "pitch"
    nodes = [
        helper.make_node("Shape", ["input"], ["extent"]),
        helper.make_node("Gather", ["extent", "one"], ["count"]),
        helper.make_node("Cast", ["count"], ["counted"], to=TensorProto.FLOAT),
        helper.make_node("Gather", ["scales", "one"], ["length_scale"]),
        helper.make_node("Mul", ["counted", "long"], ["plain"]),
        helper.make_node("Mul", ["plain", "length_scale"], ["samples"]),
        helper.make_node("Range", ["zero", "samples", "step"], ["time"]),
        helper.make_node("Gather", ["sounds", "input"], ["timbres"]),
        helper.make_node("ReduceMean", ["timbres"], ["timbre"], keepdims=0),
        helper.make_node("Add", ["time", "timbre"], ["moment"]),
        helper.make_node("Mul", ["moment", pitched], ["phase"]),
        helper.make_node("Sin", ["phase"], ["wave"]),
        helper.make_node("Reshape", ["wave", "shape"], ["output"]),
    ]
    inputs = [
        helper.make_tensor_value_info("input", TensorProto.INT64, [1, None]),
        helper.make_tensor_value_info("input_lengths", TensorProto.INT64, [1]),
        helper.make_tensor_value_info("scales", TensorProto.FLOAT, [3]),
    ]
    if speakers > 1:
        constants["speaker_step"] = np.array(0.01, "f4")
        inputs.append(helper.make_tensor_value_info("sid", TensorProto.INT64, [1]))
        nodes[:0] = [
            helper.make_node("Cast", ["sid"], ["sid_float"], to=TensorProto.FLOAT),
            helper.make_node("Mul", ["sid_float", "speaker_step"], ["higher"]),
            helper.make_node("Add", ["higher", "pitch"], ["speaker"]),
        ]
    body = helper.make_graph(
        nodes,
        "hum",
        inputs,
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, 1, None])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(body, opset_imports=[helper.make_opsetid("", 15)])
    model.ir_version = 8
    return model


def settings(speakers: int) -> dict[str, object]:
    return {
        "audio": {"sample_rate": RATE},
        "espeak": {"voice": "de"},
        "inference": {"noise_scale": 0.667, "length_scale": 1, "noise_w": 0.8},
        "phoneme_id_map": DEFAULT_PHONEME_ID_MAP,
        "num_symbols": 256,
        "num_speakers": speakers,
        "speaker_id_map": dict(zip(EMOTIONS, range(speakers), strict=False))
        if speakers > 1
        else {},
    }


def make_voice(file: Path, speakers: int = 1) -> Path:
    """With its settings beside it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(graph(speakers), file)
    file.with_name(file.name + ".json").write_text(json.dumps(settings(speakers)))
    return file
