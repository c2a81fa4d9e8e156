#pragma once
// Passwords that are refused whole: known from leaks, common, or made by a common recipe (NIST SP 800-63B-4,
// section 3.1.1.2: the whole password is compared, never its parts), and passwords that are only somebody's
// own names.
#include "base/bytes.h"
#include "base/email.h"
#include "proof/blocklist_format.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::proof {

/// Every row of resources/password-blocklist (its README says which), as a filter over the bytes that are
/// given to it: constant memory, no lock, safe from many threads.
class Blocklist {
public:
    /// Longer passwords are not looked up: no row is that long, and 256 code points, the longest password,
    /// fit.
    static constexpr std::size_t password_bytes_max = 1024;

    /// The list that is compiled in. Its digest is checked once, at the first call (10 ms): call it at start.
    static const Blocklist& embedded();
    /// A view of `file`, which must outlive it. nullopt where the header, the size or the digest is wrong.
    static std::optional<Blocklist> open(BytesView file);

    /// Whether the password, as a whole and without regard to case, full-width letters and other
    /// compatibility forms, is on the list. Never false for a row; true for 0.0015 % of everything else.
    [[nodiscard]] bool contains(std::string_view password) const;
    /// How many rows the list has.
    [[nodiscard]] std::uint64_t rows() const noexcept { return m_rows; }

private:
    Blocklist(BytesView slots, blocklist_format::Shape shape, std::uint64_t rows) noexcept
        : m_slots(slots), m_shape(shape), m_rows(rows)
    {
    }

    BytesView m_slots;
    blocklist_format::Shape m_shape;
    std::uint64_t m_rows;
};

/// Names shorter than this (in letters) are not compared: they stand in too many words.
inline constexpr std::size_t name_letters_min = 4;
/// A password of names may have this many digits and marks at its ends and between the names (a date and two
/// marks), and still counts as nothing but names.
inline constexpr std::size_t name_padding_max = 10;

/// Whether the password is nothing but one or more of these names, in any case, with up to name_padding_max
/// digits, spaces and marks around and between them: "Alice", "alice1990!", "1990-Alice.Example". A name may
/// be several words or have digits of its own; only its letters count.
[[nodiscard]] bool is_like_name(std::string_view password, std::span<const std::string> names);

/// What is_like_name should be given for a person: the address's local part, its words, and the labels of its
/// domain except the last (alice.example@mail.test: "alice.example", "alice", "example", "mail").
[[nodiscard]] std::vector<std::string> names_in(const Email& address);

}  // namespace sallyport::proof
