// Compiled into the binding. A step of training allocates and frees the same large tensors again and again. By default glibc takes each one
// of 32 MB and more from the system and gives it back at once, and the system clears every page when it is first touched, which takes
// longer than most operations on it: 25 ms against 6 for a sum of 50 MB. Here freed memory stays with the process.
#include <malloc.h>
#include <cstdlib>

namespace {

bool keep_memory() {
  // What the user has set stays.
  if (std::getenv("MALLOC_MMAP_THRESHOLD_") != nullptr || std::getenv("GLIBC_TUNABLES") != nullptr) return false;
  constexpr int kNever = 1 << 30;
  // Before 2.35 glibc takes no threshold above 32 MB, but can be told to map nothing.
  if (mallopt(M_MMAP_THRESHOLD, kNever) == 0) mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, 2147483647);
  mallopt(M_TOP_PAD, 64 << 20);
  return true;
}

const bool memory_is_kept = keep_memory();

}  // namespace
