#include "polytask/onednn/matmul.h"

#include "polytask/onednn/session.h"

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
      : desc({matrix(o.m, o.k, o.a), matrix(o.k, o.n, o.b),
              matrix(o.m, o.n, o.c)},
             user_scratchpad(), cpu_engine()),
        product(desc) {}

  dnnl::matmul::primitive_desc desc;
  dnnl::matmul product;
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
  const auto& [desc, product] = *primitive_;
  onednn::execute(
      product, {{DNNL_ARG_SRC, view(desc.src_desc(), a)},
                {DNNL_ARG_WEIGHTS, view(desc.weights_desc(), b)},
                {DNNL_ARG_DST, view(desc.dst_desc(), c)},
                {DNNL_ARG_SCRATCHPAD, view(desc.scratchpad_desc(), scratch)}});
}

}  // namespace polytask::onednn
