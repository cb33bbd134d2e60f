"""Who hears, who thinks, who speaks, and what happens when one of them fails."""
