"""An operator's terminal during a call: `clawctl takeover` as people use it."""
