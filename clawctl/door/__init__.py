"""What every HTTP door has in common: who may knock, how a refusal looks, how a socket ends."""
