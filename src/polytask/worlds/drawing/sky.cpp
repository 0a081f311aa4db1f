#include "polytask/worlds/drawing/sky.h"

#include "polytask/worlds/drawing/noise.h"

namespace polytask::draw {

Sky::Sky(const Light& light, const View& view, Dice& dice)
    : light_(light),
      view_(view),
      spread_(dice.between(0.9f, 2.2f)),
      scale_(dice.between(1.2f, 4.0f)),
      stretch_(dice.between(1.2f, 2.2f)),
      soft_(dice.between(0.15f, 0.6f)),
      seed_(dice.seed()) {}

Color Sky::gradient(float height) const {
  const float e = height * spread_;
  const Color low = mix(light_.horizon, light_.middle, smooth(0.0f, 0.45f, e));
  return mix(low, light_.zenith, smooth(0.25f, 1.1f, e));
}

float Sky::density(float u, float v) const {
  const float height = view_.horizon_at(u) - v;
  float x = u * scale_;
  float y = v * scale_ * stretch_;
  if (light_.clouds == Clouds::layers || light_.clouds == Clouds::overcast) {
    const float near = 1.1f / (std::max(height, 0.0f) + 0.22f);
    x = (u - view_.centre) * near * scale_ * 0.4f;
    y = near * scale_ * 0.6f;
  } else if (light_.clouds == Clouds::veils) {
    x = u * scale_ * 0.5f + v * 1.1f;
    y = v * scale_ * stretch_ * 1.8f;
  }
  return fractal(x, y, seed_, 4, 0.55f);
}

Paint Sky::clouds_at(float u, float v) const {
  const float here = density(u, v);
  const float edge = mix(0.45f, -0.45f, light_.cloud_cover);
  const bool thin = light_.clouds == Clouds::veils;
  float cover = smooth(edge, edge + soft_, here) * (thin ? 0.75f : 1.0f);
  if (light_.clouds == Clouds::overcast) cover = 0.85f;
  if (cover <= 0.0f) return {{}, 0.0f};
  const float du = light_.sun.u - u;
  const float dv = light_.sun.v - v;
  const float step = 0.05f / std::sqrt(du * du + dv * dv + 0.01f);
  const float ahead = density(u + du * step, v + dv * step);
  const float lit = clamp01(0.55f + (here - ahead) * 1.9f - here * 0.35f);
  const float height = view_.horizon_at(u) - v;
  const float fade = smooth(-0.02f, 0.12f, height);
  return {mix(light_.cloud_dark, light_.cloud_lit, lit), cover * fade};
}

Color Sky::sun_at(float u, float v) const {
  const float du = u - light_.sun.u;
  const float dv = v - light_.sun.v;
  const float distance = std::sqrt(du * du + dv * dv);
  const float wide = decay(distance * 5.0f) * 0.55f;
  const float close = decay(distance * 16.0f) * 0.6f;
  const Color halo = light_.sunlight * (light_.glow * (wide + close));
  if (!light_.sun_shows) return halo;
  const float inside = light_.sun_radius - distance;
  const float disc = smooth(-0.006f, 0.006f, inside);
  return halo + (light_.sunlight + Color{0.4f, 0.35f, 0.25f}) * (disc * 2.0f);
}

void Sky::draw(Canvas& canvas) const {
  canvas.paint(canvas.whole(), [&](float u, float v) -> Paint {
    Color c = gradient(view_.horizon_at(u) - v);
    float veil = 0.0f;
    if (light_.clouds != Clouds::none) {
      const Paint clouds = clouds_at(u, v);
      c = mix(c, clouds.color, clouds.cover);
      veil = clouds.cover;
    }
    if (light_.glow > 0.0f) c = c + sun_at(u, v) * (1.0f - 0.6f * veil);
    return {c, 1.0f};
  });
}

}  // namespace polytask::draw
