"""Prints what TensorBoard's own reader finds in a folder of event files, as JSON."""
import json
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

accumulator = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0, "images": 0, "tensors": 0})
accumulator.Reload()
tags = accumulator.Tags()
print(
    json.dumps(
        {
            "scalars": {tag: [[e.wall_time, e.step, repr(e.value)] for e in accumulator.Scalars(tag)] for tag in tags["scalars"]},
            "images": {
                tag: [[e.step, e.width, e.height, e.encoded_image_string.hex()] for e in accumulator.Images(tag)]
                for tag in tags["images"]
            },
            "texts": {
                tag: [[e.step, e.tensor_proto.string_val[0].decode()] for e in accumulator.Tensors(tag)]
                for tag in tags["tensors"]
                if accumulator.SummaryMetadata(tag).plugin_data.plugin_name == "text"
            },
        }
    )
)
