// One trainer a run folder: held as long as this object lives.
//
// The lock is flock's on the file run.lock, which holds the process number of
// its owner for people to read. It ends with the process, however that ends; a
// run.lock that stays behind locks nothing. On file systems without locks the
// folder counts as free.

#pragma once

#include "polytask/base/folder.h"

namespace polytask {

class RunLock {
 public:
  // Throws Fault::config when another trainer has the folder, Fault::io when
  // run.lock cannot be created, or is not a file of this folder alone: a link,
  // also a hard one, whose file would be overwritten.
  explicit RunLock(const Folder& run);

 private:
  FileDescriptor file_;
};

}  // namespace polytask
