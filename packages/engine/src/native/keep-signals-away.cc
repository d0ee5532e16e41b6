// Compiled into the binding. The products of oneDNN on AVX and AVX2 point the stack pointer at a buffer on the heap. A signal that is
// handled by such a thread has its frame written over whatever lies in front of that buffer: a tensor, or the lists of malloc. So the
// threads that compute block signals, those that TensorFlow starts later among them, and a thread that only waits takes them. The
// handler of Node writes to a pipe and does not care which thread it is in. A profiler of V8 asks for the thread by its name, with a
// handler that uses an alternate stack where there is one.
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

namespace {

constexpr int kOfTheThreadItself[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS, SIGABRT, SIGPROF};

void* wait_for_signals(void*) {
  for (;;) pause();
}

bool keep_signals_away() {
  static char stack[1 << 16];
  stack_t alternate = {};
  alternate.ss_sp = stack;
  alternate.ss_size = sizeof stack;
  stack_t present;
  if (sigaltstack(nullptr, &present) == 0 && (present.ss_flags & SS_DISABLE) != 0) sigaltstack(&alternate, nullptr);
  pthread_t waiting;
  if (pthread_create(&waiting, nullptr, wait_for_signals, nullptr) != 0) return false;
  pthread_detach(waiting);
  sigset_t blocked;
  sigfillset(&blocked);
  for (int each : kOfTheThreadItself) sigdelset(&blocked, each);
  return pthread_sigmask(SIG_BLOCK, &blocked, nullptr) == 0;
}

const bool signals_are_away = keep_signals_away();

}  // namespace
