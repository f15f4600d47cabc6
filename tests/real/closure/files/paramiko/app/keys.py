import io

import msgpack
import paramiko
import zmq

key = paramiko.RSAKey.generate(1024)
print(len(msgpack.packb([1])), zmq.zmq_version(), key.get_bits())
