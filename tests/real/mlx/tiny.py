"""Models of less than two megabytes with random weights, in the form of those people download.

What they write is no language, but it is written by the libraries' own code: loaded, sampled,
streamed and stopped like that of a large one.
"""

import json
from pathlib import Path

import mlx.core as mx
from mlx.utils import tree_flatten
from mlx_audio.stt.models import parakeet
from mlx_lm.models import qwen2
from mlx_whisper.tokenizer import get_tokenizer
from mlx_whisper.whisper import ModelDimensions
from mlx_whisper.whisper import Whisper as WhisperNet
from tokenizers import Regex, Tokenizer, decoders, pre_tokenizers, trainers
from tokenizers.models import BPE

SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
# Every sign is a token of its own, so what the model wrote is read again as the same tokens.
ASCII = "".join(map(chr, range(32, 127)))
TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n"
    "{% if enable_thinking %}<think>{% endif %}{% endif %}"
)
WINDOW = 4096
WORDS = ("hello", "who", "is", "there")


def make_lm(
    place: Path, *, seed: int = 1, end: str = "<|im_end|>", template: str = TEMPLATE, window=WINDOW
) -> Path:
    """A Qwen2 of 400 kB that writes until it is stopped: it never ends by itself, unless `end` is
    a letter."""
    place.mkdir(parents=True)
    tokenizer = _tokenizer()
    config = {
        "model_type": "qwen2",
        "hidden_size": 64,
        "num_hidden_layers": 3,
        "intermediate_size": 192,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "rms_norm_eps": 1e-6,
        "vocab_size": tokenizer.get_vocab_size(),
        "max_position_embeddings": window,
        "rope_theta": 10000.0,
        "tie_word_embeddings": True,
        "eos_token_id": tokenizer.token_to_id(end),
    }
    (place / "config.json").write_text(json.dumps(config))
    tokenizer.save(str(place / "tokenizer.json"))
    (place / "tokenizer_config.json").write_text(
        json.dumps(
            {
                "tokenizer_class": "PreTrainedTokenizerFast",
                "eos_token": end,
                "chat_template": template,
                "clean_up_tokenization_spaces": False,
            }
        )
    )
    mx.random.seed(seed)
    model = qwen2.Model(qwen2.ModelArgs.from_dict(config))
    weights = {name: mx.random.normal(one.shape) * 0.3 for name, one in _weights(model).items()}
    # Rows of zeros are never the likeliest.
    embedding = "model.embed_tokens.weight"
    silent = [tokenizer.token_to_id(each) for each in (*SPECIAL, "Ċ")]
    weights[embedding][mx.array(silent)] = 0.0
    mx.save_safetensors(str(place / "model.safetensors"), weights)
    return place


def make_whisper(
    place: Path, *, seed: int = 1, vocab: int = 51865, words: int = 20, heard_nobody: bool = False
) -> Path:
    """A Whisper of 1.7 MB that is sure of what it hears; half of `words` at the most. If it heard
    nobody it is sure of that, and every word is a guess."""
    place.mkdir(parents=True)
    sizes = {
        "n_mels": 80,
        "n_audio_ctx": 1500,
        "n_audio_state": 8,
        "n_audio_head": 2,
        "n_audio_layer": 1,
        "n_vocab": vocab,
        "n_text_ctx": words,
        "n_text_state": 8,
        "n_text_head": 2,
        "n_text_layer": 1,
    }
    (place / "config.json").write_text(json.dumps({"model_type": "whisper", **sizes}))
    mx.random.seed(seed)
    net = WhisperNet(ModelDimensions(**sizes), mx.float32)
    weights = {name: mx.random.normal(one.shape) for name, one in _weights(net).items()}
    # One word is always much likelier than the others.
    embedding = weights["decoder.token_embedding.weight"] * (0.04 if heard_nobody else 4.0)
    if heard_nobody:
        silent = get_tokenizer(multilingual=True).no_speech
        embedding[silent] = weights["decoder.ln.bias"] = mx.full(8, 4.0)
    weights["decoder.token_embedding.weight"] = embedding
    mx.save_safetensors(str(place / "weights.safetensors"), weights)
    return place


def make_parakeet(place: Path) -> Path:
    """A Parakeet of 26 kB that hears WORDS in any sound and nothing in silence."""
    place.mkdir(parents=True)
    durations = [1, 2, 4]
    config = {
        "target": "nemo.collections.asr.models.rnnt_bpe_models.EncDecRNNTBPEModel",
        "model_defaults": {"tdt_durations": durations},
        "preprocessor": {
            "sample_rate": 16_000,
            "normalize": "per_feature",
            "window_size": 0.025,
            "window_stride": 0.01,
            "window": "hann",
            "features": 32,
            "n_fft": 512,
            "dither": 0.0,
        },
        "encoder": {
            "feat_in": 32,
            "n_layers": 1,
            "d_model": 16,
            "n_heads": 2,
            "ff_expansion_factor": 2,
            "subsampling_factor": 8,
            "self_attention_model": "rel_pos",
            "subsampling": "dw_striding",
            "conv_kernel_size": 9,
            "subsampling_conv_channels": 8,
            "pos_emb_max_len": 5000,
        },
        "decoder": {
            "blank_as_pad": True,
            "vocab_size": len(WORDS),
            "prednet": {"pred_hidden": 8, "pred_rnn_layers": 1},
        },
        "joint": {
            "num_classes": len(WORDS),
            "vocabulary": [f"▁{word}" for word in WORDS],
            "num_extra_outputs": len(durations),
            "jointnet": {
                "joint_hidden": 8,
                "activation": "relu",
                "encoder_hidden": 16,
                "pred_hidden": 8,
            },
        },
        "decoding": {"model_type": "tdt", "durations": durations, "greedy": None},
    }
    (place / "config.json").write_text(json.dumps(config))
    mx.random.seed(1)
    weights = _weights(parakeet.Model.from_config(config))
    for name, one in weights.items():
        if "bias" in name:
            weights[name] = mx.zeros(one.shape)
        elif "running" not in name:
            weights[name] = mx.random.normal(one.shape) * 0.3
    # Silence comes through as zeros: likeliest is then blank, which stands behind the words.
    weights["joint.joint_net.2.bias"][len(WORDS)] = 0.1
    mx.save_safetensors(str(place / "model.safetensors"), weights)
    return place


def _weights(model) -> dict[str, mx.array]:
    return dict(tree_flatten(model.parameters()))


def _tokenizer() -> Tokenizer:
    tokenizer = Tokenizer(BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex("."), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(special_tokens=list(SPECIAL), show_progress=False)
    tokenizer.train_from_iterator([ASCII, "\n"], trainer)
    return tokenizer
