"""What our documentation uses of safetensors.numpy, written from the description of the format and from nothing of ours.

The real one is taken wherever it is installed.
"""

import json
import struct

import numpy

# The widest types go first into the file, in this order.
TYPES = {
    "uint64": "U64",
    "int64": "I64",
    "float64": "F64",
    "float32": "F32",
    "uint32": "U32",
    "int32": "I32",
    "float16": "F16",
    "uint16": "U16",
    "int16": "I16",
    "int8": "I8",
    "uint8": "U8",
    "bool": "BOOL",
}


def save(tensor_dict, metadata=None):
    header = {} if metadata is None else {"__metadata__": metadata}
    data = b""
    ranks = list(TYPES)
    for name in sorted(tensor_dict, key=lambda name: (ranks.index(tensor_dict[name].dtype.name), name)):
        tensor = tensor_dict[name]
        if not tensor.flags.c_contiguous:
            raise ValueError(f"{name} is not contiguous, and safetensors would write its memory as it lies")
        raw = tensor.astype(tensor.dtype.newbyteorder("<")).tobytes()
        header[name] = {
            "dtype": TYPES[tensor.dtype.name],
            "shape": list(tensor.shape),
            "data_offsets": [len(data), len(data) + len(raw)],
        }
        data += raw
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + data
