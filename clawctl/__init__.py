"""clawctl: an AI on a real telephone line, and somebody ready to take the call over."""
