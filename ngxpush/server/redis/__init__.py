"""The zone in a Redis or Valkey server, shared by any number of ngxpush servers.

url.py        where channels are: the URLs of --channels
channels.py   which zones have their channels there
reaching.py   whether Redis can be reached, before anything is served
place.py      how a worker finds its zone
keeper.py     the master's part: almost nothing
durability.py what a server does with its data
redis_zone.py the zone as a worker uses it: a SharedZone, attached to each shard
attachment.py a worker in one shard: its calls, what it hears, how it comes back
joint.py      an operation that concerns several shards
joining.py    what a worker has missed
followed.py   which channels have subscribers here
refusals.py   why a server can't be used, and what becomes of a call then
stream.py     a connection that is made again whenever it is lost
nodes.py      which server has a shard: Sentinel, Cluster, TLS, logging in
connection.py the protocol: commands, replies, pushes
lua/          the function in Redis: an operation of the zone, done whole
function.py   what is said to the function, and what it says
language.py   the words of the two
shards.py     which shard a channel is in; operations in parts
packing.py    operations as the MessagePack of Redis reads them
"""
