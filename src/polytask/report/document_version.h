// The version of every JSON document that polytask prints or writes whole:
// docs/formats/documents.md.

#pragma once

namespace polytask {

// 1 had no key `version`. A key that is removed, renamed or means something
// else makes a new version; a key that is added does not.
inline constexpr int kDocumentVersion = 2;

}  // namespace polytask
