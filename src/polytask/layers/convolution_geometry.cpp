// What a convolution asks oneDNN for: its sizes, and the zeros around its
// image.

#include <algorithm>
#include <tuple>
#include <utility>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/layers/convolution_layer.h"
#include "polytask/layers/limits.h"

namespace polytask {
namespace {

// Zeros before and after one axis so that ceil(size / stride) results fit.
std::pair<int, int> same_padding(int size, int kernel, int stride) {
  const int results = (size - 1) / stride + 1;
  const int total = std::max(0, (results - 1) * stride + (kernel - size));
  return {total / 2, total - total / 2};
}

// The zeros around one axis of src.
struct Windows {
  int pad_before = 0;
  int pad_after = 0;
};

// So that `read` results fit, or all that the whole axis gives.
//   whole   size of the axis, of which src holds the first `size`
Windows windows(int whole, int size, int read,
                const ConvolutionLayerOptions& o) {
  const auto [before, after] =
      o.same_padding ? same_padding(whole, o.kernel_size, o.stride)
                     : std::pair(0, 0);
  const int all = (whole + before + after - o.kernel_size) / o.stride + 1;
  const int results = read > 0 ? read : all;
  const int end = (results - 1) * o.stride + o.kernel_size - before;
  return {.pad_before = before, .pad_after = std::max(0, end - size)};
}

}  // namespace

onednn::ConvolutionOptions ConvolutionLayer::geometry(
    const ConvolutionLayerOptions& o, const Shape& src) {
  require_within(kFiltersLimit, o.name, o.filters);
  require_within(kKernelSizeLimit, o.name, o.kernel_size);
  require_within(kStridesLimit, o.name, o.stride);
  if (src.size() != 3) {
    throw Error(
        Fault::shape,
        cat(o.name, ": expected an image [height, width, channels], ", "got ",
            to_text(src), "; convolutions come before flatten and dense"));
  }
  const int height = o.whole_src.rows > 0 ? o.whole_src.rows : src[0];
  const int width = o.whole_src.columns > 0 ? o.whole_src.columns : src[1];
  if (!o.same_padding && (height < o.kernel_size || width < o.kernel_size)) {
    throw Error(Fault::shape,
                cat(o.name, ": a kernel of ", o.kernel_size, " x ",
                    o.kernel_size, " does not fit into its input ",
                    to_text(Shape{height, width, src[2]}),
                    "; use padding: same, a smaller kernel, "
                    "less pooling before, or larger images"));
  }
  const Windows rows = windows(height, src[0], o.read.rows, o);
  const Windows columns = windows(width, src[1], o.read.columns, o);
  return {.height = src[0],
          .width = src[1],
          .channels = src[2],
          .filters = o.filters,
          .kernel_height = o.kernel_size,
          .kernel_width = o.kernel_size,
          .stride = o.stride,
          .pad_top = rows.pad_before,
          .pad_left = columns.pad_before,
          .pad_bottom = rows.pad_after,
          .pad_right = columns.pad_after,
          .relu = o.relu,
          .with_backward = o.with_backward,
          .with_diff_src = o.with_diff_src};
}

}  // namespace polytask
