// What a resumed run must share with the first one.

#pragma once

#include <string>
#include <vector>

#include "polytask/model/model.h"
#include "polytask/train/train.h"

namespace polytask {

// CRC-32C of the pixels and the answers of every image, in hexadecimal digits.
[[nodiscard]] std::string data_checksum(const Dataset& data);

// As text, in YAML: the model, the options but for threads, and for epochs
// where the learning rate does not depend on them, and checksums of the data.
[[nodiscard]] std::string fingerprint_of(const ModelSpec& spec,
                                         const TrainOptions& options,
                                         const TrainData& data);

// Where two fingerprints differ, a line each:
//
//   train.batch_size: 16 in the checkpoint, 8 in this run
//
// An option that the checkpoint does not know, since it is from before there
// was one, was what its default is now. Throws Fault::config when `checkpoint`
// is no YAML.
[[nodiscard]] std::vector<std::string> fingerprint_differences(
    const std::string& checkpoint, const std::string& now);

}  // namespace polytask
