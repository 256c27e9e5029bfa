"""The jobs there are about releases. All of them wait for the network, one at a time."""

LANE = "network"
PUBLISH = "releases.publish"
WITHDRAW = "releases.withdraw"
REFRESH = "releases.refresh"
