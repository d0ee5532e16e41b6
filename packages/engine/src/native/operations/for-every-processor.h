// Compiles the file D3PM_ROWS three times, for what the processor may have, each time with lanes.h and in a namespace of its own.
// (The attribute target_clones would not do: GCC takes vector types apart before it makes the clones.) No rows use a template of the
// standard library: what is made of it for a newer processor would be linked into the code for any.
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

namespace d3pm {

constexpr int64_t kLanes = 16;
constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kLargest = std::numeric_limits<float>::max();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

// The smallest multiple of sixteen that holds a row.
constexpr int64_t padded(int64_t size) { return (size + kLanes - 1) / kLanes * kLanes; }

}  // namespace d3pm

#define D3PM_INLINE inline __attribute__((always_inline))

// a where the mask is set, else b.
#define D3PM_SELECT(mask, a, b) ((Lanes)(((mask) & (Words)(a)) | (~(mask) & (Words)(b))))
#define D3PM_ALL(value) (Lanes{} + (value))

#define D3PM_PROCESSOR any
#define D3PM_REGISTER 16
#include "lanes.h"
#include D3PM_ROWS
#undef D3PM_REGISTER
#undef D3PM_PROCESSOR

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#pragma GCC push_options
#pragma GCC target("avx2,fma")
#define D3PM_PROCESSOR avx2
#define D3PM_REGISTER 32
#include "lanes.h"
#include D3PM_ROWS
#undef D3PM_REGISTER
#undef D3PM_PROCESSOR
#pragma GCC pop_options

#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")
#define D3PM_PROCESSOR avx512
#define D3PM_REGISTER 64
#include "lanes.h"
#include D3PM_ROWS
#undef D3PM_REGISTER
#undef D3PM_PROCESSOR
#pragma GCC pop_options

#define D3PM_BEST(function)                                                                                            \
  (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")      \
       ? avx512::function                                                                                              \
       : __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? avx2::function : any::function)
#else
#define D3PM_BEST(function) any::function
#endif
