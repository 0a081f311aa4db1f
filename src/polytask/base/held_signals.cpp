#include "polytask/base/held_signals.h"

#include <initializer_list>

namespace polytask {

HeldSignals::HeldSignals() {
  sigset_t held;
  sigfillset(&held);
  for (const int fault :
       {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS}) {
    sigdelset(&held, fault);
  }
  pthread_sigmask(SIG_BLOCK, &held, &before_);
}

HeldSignals::~HeldSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

}  // namespace polytask
