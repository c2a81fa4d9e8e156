#pragma once
// CTAP2 canonical CBOR (FIDO CTAP 2.1 section 8, over RFC 8949), which WebAuthn requires of every
// authenticator (level 3, section 2.2). libcbor decodes single heads; what it would let through is refused
// here: lengths and numbers that are not minimal, indefinite lengths, tags, floats, undefined and simple
// values, map keys out of order or twice, text that is not UTF-8, items that claim more than there is.
// Nothing is copied: every answer is a view into the input, so the memory used does not depend on what the
// input claims.
#include "base/bytes.h"
#include "base/result.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace sallyport::crypto {

inline constexpr std::size_t cbor_bytes_max = 64UL * 1024;
/// CTAP 2.1 section 8: "must not be more than four levels"; an attestation object with an extension's map
/// inside its authenticator data is read in two steps and needs less.
inline constexpr int cbor_levels_max = 4;
/// Pairs in one map, or items in one array.
inline constexpr std::size_t cbor_items_max = 64;

enum class CborProblem : std::uint8_t {
    truncated,      ///< the item claims more than there is
    too_large,      ///< cbor_bytes_max, cbor_levels_max or cbor_items_max
    not_canonical,  ///< not in the one form that the item may have
    unsorted,       ///< keys of a map out of order, or one twice
    forbidden,      ///< a kind of item that WebAuthn does not use
    wrong_kind,     ///< canonical, but not what was asked for
    trailing,       ///< something follows the item
};

enum class CborKind : std::uint8_t { number, bytes, text, array, map, simple };

/// One item at the beginning of a byte string, checked to its end with everything inside.
struct CborItem {
    CborKind kind = CborKind::simple;
    std::int64_t number = 0;            ///< of a number
    BytesView content;                  ///< of bytes and text: what they hold
    BytesView encoded;                  ///< the whole item
    std::vector<BytesView> parts = {};  ///< encoded items of an array; keys and values of a map, turn about

    [[nodiscard]] std::optional<std::string_view> text() const noexcept;
    [[nodiscard]] std::optional<BytesView> bytes() const noexcept;
    [[nodiscard]] std::optional<std::int64_t> integer() const noexcept;
};

/// The item that `bytes` begins with; anything may follow it (item.encoded ends where it begins).
Result<CborItem, CborProblem> read_cbor_front(BytesView bytes);
/// The item that `bytes` is, and nothing else.
Result<CborItem, CborProblem> read_cbor(BytesView bytes);

/// A map of which each pair is found by name; values have been checked already, so finding cannot fail on
/// form.
class CborMap {
public:
    static Result<CborMap, CborProblem> read_front(BytesView bytes);
    static Result<CborMap, CborProblem> read(BytesView bytes);

    [[nodiscard]] std::size_t size() const noexcept { return m_item.parts.size() / 2; }
    [[nodiscard]] BytesView encoded() const noexcept { return m_item.encoded; }
    [[nodiscard]] std::optional<CborItem> find(std::int64_t key) const;
    [[nodiscard]] std::optional<CborItem> find(std::string_view key) const;

    [[nodiscard]] std::optional<BytesView> bytes(std::int64_t key) const;
    [[nodiscard]] std::optional<BytesView> bytes(std::string_view key) const;
    [[nodiscard]] std::optional<std::int64_t> integer(std::int64_t key) const;
    [[nodiscard]] std::optional<std::int64_t> integer(std::string_view key) const;
    [[nodiscard]] std::optional<std::string_view> text(std::string_view key) const;
    /// The names of the pairs whose keys are text, in the order of the map.
    [[nodiscard]] std::vector<std::string_view> names() const;

private:
    explicit CborMap(CborItem item) : m_item(std::move(item)) {}
    template <class Key>
    std::optional<CborItem> find_key(const Key& matches) const;
    CborItem m_item;
};

}  // namespace sallyport::crypto
