#pragma once
// One byte string for one meaning: what a MAC covers and what a sealed value is bound to. Every part carries
// its type and length, so that no two different lists of fields have the same encoding.
#include "base/bytes.h"

#include <array>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace sallyport::crypto {

/// A typed value, not owned. Text and bytes of the same content differ, and null differs from empty.
class Field {
public:
    Field(std::nullopt_t) noexcept : m_value(std::monostate{}) {}
    template <std::integral T>
    Field(T number) noexcept : m_value(static_cast<std::int64_t>(number))
    {
    }
    Field(std::string_view text) noexcept : m_value(text) {}
    Field(const std::string& text) noexcept : m_value(std::string_view(text)) {}
    Field(const char* text) noexcept : m_value(std::string_view(text)) {}
    Field(BytesView bytes) noexcept : m_value(bytes) {}
    Field(const Bytes& bytes) noexcept : m_value(BytesView(bytes)) {}
    template <std::size_t N>
    Field(const std::array<std::uint8_t, N>& bytes) noexcept : m_value(BytesView(bytes))
    {
    }
    template <class T>
    Field(const std::optional<T>& value) noexcept
        : m_value(value ? Field(*value).m_value : Value(std::monostate{}))
    {
    }

private:
    friend class Canonical;
    using Value = std::variant<std::monostate, std::int64_t, std::string_view, BytesView>;
    Value m_value;
};

/// The encoding: version byte 1 of this format, then label, layout and each field as type byte, 8-byte
/// big-endian length and content. Owned: nothing of the arguments is kept.
class Canonical {
public:
    /// `label`: the table or purpose. `layout`: raised whenever the list of fields changes its meaning.
    Canonical(std::string_view label, std::int64_t layout, std::span<const Field> fields);
    Canonical(std::string_view label, std::int64_t layout, std::initializer_list<Field> fields)
        : Canonical(label, layout, std::span<const Field>(fields.begin(), fields.size()))
    {
    }
    [[nodiscard]] BytesView bytes() const noexcept { return m_bytes; }

private:
    void append(const Field& field);
    Bytes m_bytes;
};

}  // namespace sallyport::crypto
