"""Programs that steer calls over a WebSocket."""
