"""The shapes that gateway and clients share; nothing here acts."""
