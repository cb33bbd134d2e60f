"""Talking to a running gateway, for the commands and for programs of others.

`clawctl.client.agent.connect` is an agent's connection: events, commands, takeovers.
`clawctl.client.rest.RestClient` asks and changes things over HTTP.
`clawctl.client.events.Follower` hears every event since a given one.
"""
