// An operation of TensorFlow for the processor, through its C interface: float32 in and out, no attributes. What changes from call to call
// comes in tensors, since TensorFlow keeps a kernel for every value of an attribute that it has seen.
#pragma once
#include <algorithm>
#include <array>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>
#include "tensorflow/c/kernels.h"
#include "tensorflow/c/ops.h"
#include "tensorflow/c/tf_status.h"
#include "tensorflow/c/tf_tensor.h"

namespace d3pm {

// The inputs and outputs of one run, and its error. Nothing may be computed once there is one.
class Run {
 public:
  explicit Run(TF_OpKernelContext* context) : context_(context), status_(TF_NewStatus()) {}
  ~Run() {
    for (TF_Tensor* tensor : held_) TF_DeleteTensor(tensor);
    if (TF_GetCode(status_) != TF_OK) TF_OpKernelContext_Failure(context_, status_);
    TF_DeleteStatus(status_);
  }

  bool ok() const { return TF_GetCode(status_) == TF_OK; }

  __attribute__((format(printf, 2, 3))) void fail(const char* format, ...) {
    if (!ok()) return;
    char message[256];
    va_list arguments;
    va_start(arguments, format);
    std::vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    TF_SetStatus(status_, TF_INVALID_ARGUMENT, message);
  }

  template <typename T>
  const T* input(int index) {
    return static_cast<const T*>(TF_TensorData(tensor(index)));
  }
  int64_t size(int index) { return TF_TensorElementCount(tensor(index)); }
  // A scalar is a row of one: TF_Dim ends the process where there is no axis.
  int64_t first_dimension(int index) { return TF_NumDims(tensor(index)) == 0 ? 1 : TF_Dim(tensor(index), 0); }
  int64_t last_dimension(int index) {
    TF_Tensor* of = tensor(index);
    return TF_NumDims(of) == 0 ? 1 : TF_Dim(of, TF_NumDims(of) - 1);
  }
  // An image [B, H, W, C]. An error where there are other than four axes.
  std::array<int64_t, 4> image(int index, const char* operation) {
    TF_Tensor* of = tensor(index);
    if (TF_NumDims(of) != 4) {
      fail("%s: %d axes, expected [B, H, W, C]", operation, TF_NumDims(of));
      return {};
    }
    return {TF_Dim(of, 0), TF_Dim(of, 1), TF_Dim(of, 2), TF_Dim(of, 3)};
  }
  // Rows of the last axis, which may be empty.
  int64_t rows(int index) {
    TF_Tensor* of = tensor(index);
    int64_t count = 1;
    for (int axis = 0; axis < TF_NumDims(of) - 1; axis++) count *= TF_Dim(of, axis);
    return count;
  }

  // Of the shape of an input, or of all its axes but the last ones.
  float* output_like(int index, int input, int without = 0) {
    TF_Tensor* like = tensor(input);
    std::vector<int64_t> shape;
    for (int axis = 0; axis < TF_NumDims(like) - without; axis++) shape.push_back(TF_Dim(like, axis));
    return output(index, shape);
  }

  float* output(int index, const std::vector<int64_t>& shape) {
    int64_t count = 1;
    for (int64_t length : shape) count *= length;
    TF_Tensor* made = TF_AllocateOutput(context_, index, TF_FLOAT, shape.data(), static_cast<int>(shape.size()), count * sizeof(float), status_);
    if (!ok()) return nullptr;
    held_.push_back(made);
    return static_cast<float*>(TF_TensorData(made));
  }

 private:
  TF_Tensor* tensor(int index) {
    while (static_cast<int>(inputs_.size()) <= index) {
      TF_Tensor* found = nullptr;
      // Of its own: it would take an error before it away.
      TF_Status* status = TF_NewStatus();
      TF_GetInput(context_, static_cast<int>(inputs_.size()), &found, status);
      if (TF_GetCode(status) != TF_OK) fail("input %d: %s", static_cast<int>(inputs_.size()), TF_Message(status));
      TF_DeleteStatus(status);
      inputs_.push_back(found);
      held_.push_back(found);
    }
    return inputs_[index];
  }

  TF_OpKernelContext* context_;
  TF_Status* status_;
  std::vector<TF_Tensor*> inputs_;
  std::vector<TF_Tensor*> held_;
};

inline int64_t threads_allowed() {
  const char* set = std::getenv("TF_NUM_INTRAOP_THREADS");
  const int64_t count = set == nullptr ? 0 : std::atoll(set);
  return count > 0 ? count : std::max<int64_t>(1, std::thread::hardware_concurrency());
}

// Runs work(begin, end, part) over 0 … rows in parts whose bounds depend on sizes and the number of threads alone.
template <typename Work>
void in_parts(int64_t rows, int64_t parts, const Work& work) {
  std::vector<std::thread> others;
  for (int64_t part = 1; part < parts; part++)
    others.emplace_back([&work, rows, parts, part] { work(rows * part / parts, rows * (part + 1) / parts, part); });
  work(0, rows / parts, 0);
  for (std::thread& other : others) other.join();
}

// A thread costs some 50 µs, and more where others compute: less work than twice that is not worth one.
inline int64_t parts_of(int64_t rows, int64_t columns) {
  constexpr int64_t kEnough = 1 << 17;
  return std::max<int64_t>(1, std::min({threads_allowed(), rows, rows * columns / kEnough}));
}

// The first state outside 0 … classes − 1, or −1.
inline int64_t stray(const int32_t* states, int64_t count, int64_t classes) {
  for (int64_t i = 0; i < count; i++)
    if (static_cast<uint32_t>(states[i]) >= static_cast<uint32_t>(classes)) return i;
  return -1;
}

// Makes the operation known to TensorFlow, with a kernel for the processor. Specifications are those of its op registry, "x: float".
class Registration {
 public:
  Registration(const char* name, std::initializer_list<const char*> inputs, std::initializer_list<const char*> outputs,
               void (*compute)(void*, TF_OpKernelContext*)) {
    TF_OpDefinitionBuilder* definition = TF_NewOpDefinitionBuilder(name);
    for (const char* input : inputs) TF_OpDefinitionBuilderAddInput(definition, input);
    for (const char* output : outputs) TF_OpDefinitionBuilderAddOutput(definition, output);
    TF_OpDefinitionBuilderSetShapeInferenceFunction(definition, [](TF_ShapeInferenceContext* context, TF_Status* status) {
      TF_ShapeInferenceContextSetUnknownShape(context, status);
    });
    TF_Status* status = TF_NewStatus();
    TF_RegisterOpDefinition(definition, status);
    if (TF_GetCode(status) == TF_OK)
      TF_RegisterKernelBuilder(name, TF_NewKernelBuilder(name, "CPU", nullptr, compute, nullptr), status);
    if (TF_GetCode(status) != TF_OK) std::fprintf(stderr, "d3pm: %s: %s\n", name, TF_Message(status));
    TF_DeleteStatus(status);
  }
};

}  // namespace d3pm
