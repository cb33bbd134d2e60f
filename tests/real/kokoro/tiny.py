"""A model of Kokoro's kind that says nothing sensible: the real code with weights by chance.

The library keeps the weights it has made up where a checkpoint brings none. Ours brings those alone
that say how long a sound is, so that chance has no part in what is tried.
"""

import json
import math
import string
from pathlib import Path

import torch

# What both of misaki's ways write, and the marks between which a phrase may be cut.
PHONEMES = string.ascii_letters + string.punctuation + " əɚɛɪɔɑɐæʌʊɜɹɾθðʃʒʤʧŋɡɒˈˌː—…“”ᵊ"
# Widths of the decoder are fixed in the library; the rest is as small as it may be. Most of the
# time goes into what is done for each step of the sound, so its steps are few and long.
CONFIG = {
    "istftnet": {
        "upsample_kernel_sizes": [4, 4],
        "upsample_rates": [2, 2],
        "gen_istft_hop_size": 100,
        "gen_istft_n_fft": 200,
        "resblock_dilation_sizes": [[1, 3, 5]],
        "resblock_kernel_sizes": [3],
        "upsample_initial_channel": 512,
    },
    "dropout": 0.0,
    "hidden_dim": 512,
    "max_dur": 2,
    "n_layer": 1,
    "n_mels": 80,
    "n_token": len(PHONEMES) + 1,
    "style_dim": 128,
    "text_encoder_kernel_size": 5,
    "plbert": {
        "hidden_size": 48,
        "num_attention_heads": 2,
        "intermediate_size": 64,
        "max_position_embeddings": 512,
        "num_hidden_layers": 1,
    },
    "vocab": {phoneme: at for at, phoneme in enumerate(PHONEMES, 1)},
}


def make_kokoro(folder: Path) -> Path:
    (folder / "voices").mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps(CONFIG))
    # Each sound is max_dur x 0.65 frames of 33 ms long, rounded: one, or two if spoken slowly.
    length = {
        "module.duration_proj.linear_layer.weight": torch.zeros(2, 512),
        "module.duration_proj.linear_layer.bias": torch.full((2,), math.log(0.65 / 0.35)),
    }
    torch.save({"predictor": length}, folder / "kokoro-v1_0.pth")
    for voice in ("af_heart", "am_puck", "bf_lily"):
        # A real voice has a style of its own for each length.
        torch.save(torch.randn(1, 1, 256).repeat(510, 1, 1), folder / "voices" / f"{voice}.pt")
    return folder
