"""Events as TensorBoard's own messages and record writer write them, in base64.

pip install tensorboard==2.21.0; python3 event_file.py > event-file.json
"""
import base64
import io
import json

from tensorboard.compat.proto import event_pb2, summary_pb2
from tensorboard.plugins.text.summary_v2 import text_pb
from tensorboard.summary.writer.record_writer import RecordWriter

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAIAAAB7QOjdAAAADUlEQVR4nGP4zwAE/wEHAAH/4iOeWQAAAABJRU5ErkJggg=="
)
Event = event_pb2.Event
Value = summary_pb2.Summary.Value


def summary(step, wall_time, *values):
    return Event(wall_time=wall_time, step=step, summary=summary_pb2.Summary(value=values))


def scalar(tag, value):
    return Value(tag=tag, simple_value=value)


image = summary_pb2.Summary.Image(height=1, width=2, encoded_image_string=PNG)
start = event_pb2.SessionLog(status=event_pb2.SessionLog.START)
events = [
    Event(wall_time=1700000000.25, file_version="brain.Event:2"),
    Event(wall_time=1700000000.5, step=3, session_log=start),
    summary(0, 1700000001.0, scalar("loss", 0.0)),
    summary(3, 1700000002.0, scalar("train/loss", 1.1), scalar("Verlust β 🎲", -2.5e-40)),
    summary(127, 1700000003.0, scalar("a", float("nan")), scalar("b", float("inf")), scalar("c", -float("inf"))),
    summary(128, 1700000003.001, scalar("a", 3.4028234663852886e38)),
    summary(2**32 + 5, 1700000004.0, scalar("a", -0.0)),
    summary(2**53 - 1, 1700000005.0, scalar("a" * 300, 1.0)),
    summary(16384, 1700000006.0, *text_pb("samples", "a **b**\nü").value),
    summary(16384, 1700000007.0, Value(tag="digits", image=image)),
]
buffer = io.BytesIO()
writer = RecordWriter(buffer)
for event in events:
    writer.write(event.SerializeToString())
writer.flush()
golden = {
    "command": "python3 event_file.py > event-file.json",
    "by": "tensorboard 2.21.0, its RecordWriter",
    "base64": base64.b64encode(buffer.getvalue()).decode(),
}
print(json.dumps(golden, indent=2))
