#include "proof/blocklist.h"

#include "base/check.h"
#include "base/secret.h"

#include <algorithm>
#include <bit>

namespace sallyport::proof {

namespace format = blocklist_format;

/// The committed file, compiled in by cmake/blocklist.cmake.
BytesView embedded_blocklist_file() noexcept;

namespace {

template <class Number>
Number number_at(BytesView file, std::size_t offset) noexcept
{
    Number value = 0;
    for (std::size_t i = 0; i < sizeof(Number); ++i) {
        value = static_cast<Number>(value | static_cast<Number>(Number{file[offset + i]} << (8 * i)));
    }
    return value;
}

}  // namespace

const Blocklist& Blocklist::embedded()
{
    static const std::optional<Blocklist> list = open(embedded_blocklist_file());
    CHECK(list.has_value());
    return *list;
}

std::optional<Blocklist> Blocklist::open(BytesView file)
{
    if (file.size() < format::slots_offset) return std::nullopt;
    if (!std::ranges::equal(file.first(format::magic.size()), as_bytes(format::magic))) return std::nullopt;
    const format::Shape shape{number_at<std::uint32_t>(file, format::segment_slots_offset),
                              number_at<std::uint32_t>(file, format::segments_offset),
                              number_at<std::uint64_t>(file, format::seed_offset)};
    if (!std::has_single_bit(shape.segment_slots)) return std::nullopt;
    if (shape.segment_slots > format::segment_slots_max) return std::nullopt;
    if (shape.segments == 0 || shape.segments > format::segments_max) return std::nullopt;
    const BytesView slots = file.subspan(format::slots_offset);
    if (slots.size() != shape.slots() * sizeof(std::uint16_t)) return std::nullopt;
    const auto digest = format::digest_of(file);
    if (!std::ranges::equal(file.subspan(format::digest_offset, format::digest_bytes), digest))
        return std::nullopt;
    return Blocklist(slots, shape, number_at<std::uint64_t>(file, format::rows_offset));
}

bool Blocklist::contains(std::string_view password) const
{
    if (password.empty() || password.size() > password_bytes_max) return false;
    std::optional<std::string> normalized = format::normalized(password);
    if (!normalized) return false;
    const format::Probe probe = format::probe_of(format::hash_of(*normalized, m_shape.seed), m_shape);
    wipe_text(*normalized);
    std::uint16_t sum = probe.fingerprint;
    for (const std::size_t slot : probe.slots) {
        sum =
            static_cast<std::uint16_t>(sum ^ number_at<std::uint16_t>(m_slots, slot * sizeof(std::uint16_t)));
    }
    return sum == 0;
}

}  // namespace sallyport::proof
