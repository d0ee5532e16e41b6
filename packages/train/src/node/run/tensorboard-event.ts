import { protobufMessage, type ProtobufValue } from './protobuf-message.ts';

/** Milliseconds since 1970, and the training step, 0, 1, 2, … */
export interface EventTime {
  readonly wallTimeMs: number;
  readonly step: number;
}

export type SummaryValue =
  | { readonly tag: string; readonly scalar: number }
  | { readonly tag: string; readonly text: string }
  | { readonly tag: string; readonly png: Uint8Array; readonly width: number; readonly height: number };

/** TensorFlow's number of the data type of strings. */
const DT_STRING = 7;
const START = 1;

/** `Event { file_version = 3 }`, the first of a file. */
export function versionEvent(wallTimeMs: number): Uint8Array {
  return event({ wallTimeMs, step: 0 }, [3, { text: 'brain.Event:2' }]);
}

/** `Event { session_log = 7 }` of `SessionLog { status = 1 }`. */
export function startEvent(time: EventTime): Uint8Array {
  return event(time, [7, { bytes: protobufMessage([[1, { varint: START }]]) }]);
}

/** `Event { summary = 5 }` of `Summary { repeated value = 1 }`. */
export function summaryEvent(time: EventTime, values: readonly SummaryValue[]): Uint8Array {
  const summary = protobufMessage(values.map((value) => [1, { bytes: summaryValue(value) }]));
  return event(time, [5, { bytes: summary }]);
}

/** `Event { wall_time = 1: double in seconds, step = 2 }`; as protobuf has it, a number that is 0 is left out. */
function event({ wallTimeMs, step }: EventTime, what: readonly [number, ProtobufValue]): Uint8Array {
  return protobufMessage([
    [1, wallTimeMs === 0 ? undefined : { double: wallTimeMs / 1000 }],
    [2, step === 0 ? undefined : { varint: step }],
    what,
  ]);
}

/** `Summary.Value { tag = 1, simple_value = 2, image = 4, tensor = 8, metadata = 9 }`. */
function summaryValue(value: SummaryValue): Uint8Array {
  if ('scalar' in value) {
    return protobufMessage([
      [1, { text: value.tag }],
      [2, { float: value.scalar }],
    ]);
  }
  if ('png' in value) {
    // Summary.Image { height = 1, width = 2, encoded_image_string = 4 }
    const image = protobufMessage([
      [1, { varint: value.height }],
      [2, { varint: value.width }],
      [4, { bytes: value.png }],
    ]);
    return protobufMessage([
      [1, { text: value.tag }],
      [4, { bytes: image }],
    ]);
  }
  // TensorProto { dtype = 1, tensor_shape = 2: of no axis, string_val = 8 }
  const tensor = protobufMessage([
    [1, { varint: DT_STRING }],
    [2, { bytes: new Uint8Array() }],
    [8, { text: value.text }],
  ]);
  // SummaryMetadata { plugin_data = 1 } of PluginData { plugin_name = 1 }
  const metadata = protobufMessage([[1, { bytes: protobufMessage([[1, { text: 'text' }]]) }]]);
  return protobufMessage([
    [1, { text: value.tag }],
    [8, { bytes: tensor }],
    [9, { bytes: metadata }],
  ]);
}
