#include "polytask/onednn/matmul.h"

#include <array>

#include "polytask/onednn/call.h"
#include "polytask/onednn/session.h"
#include "polytask/onednn/versions.h"

namespace polytask::onednn {
namespace {

dnnl::memory::desc matrix(int rows, int columns, const MatrixStrides& strides) {
  return {{rows, columns},
          dnnl::memory::data_type::f32,
          {strides.row, strides.column}};
}

}  // namespace

struct Matmul::Primitive {
  explicit Primitive(const MatmulOptions& o)
      : desc(describe<dnnl::matmul>(
            cpu_engine(), user_scratchpad(), matrix(o.m, o.k, o.a),
            matrix(o.k, o.n, o.b), matrix(o.m, o.n, o.c))),
        product(dnnl::matmul(desc),
                {{DNNL_ARG_SRC, desc.src_desc()},
                 {DNNL_ARG_WEIGHTS, desc.weights_desc()},
                 {DNNL_ARG_DST, desc.dst_desc()},
                 {DNNL_ARG_SCRATCHPAD, desc.scratchpad_desc()}}) {}

  dnnl::matmul::primitive_desc desc;
  Call product;
};

Matmul::Matmul(std::string_view owner, const MatmulOptions& options)
    : primitive_(create_primitive(
          owner, [&] { return std::make_unique<const Primitive>(options); })) {}

Matmul::~Matmul() = default;
Matmul::Matmul(Matmul&&) noexcept = default;
Matmul& Matmul::operator=(Matmul&&) noexcept = default;

std::size_t Matmul::scratch_count() const {
  return floats(primitive_->desc.scratchpad_desc());
}

std::string Matmul::implementation() const {
  return primitive_->desc.impl_info_str();
}

void Matmul::execute(const float* a, const float* b, float* c,
                     float* scratch) const {
  primitive_->product.run(std::to_array<const float*>({a, b, c, scratch}));
}

}  // namespace polytask::onednn
