#pragma once
// An e-mail address that cannot be wrong in form, and the one key under which an account is found.
#include <optional>
#include <string>
#include <string_view>

namespace sallyport {

/// An address of RFC 5321 section 4.1.2 without quoted local parts, comments or address literals: local part
/// of 1–64 ASCII atoms (RFC 6531 addresses are refused: homoglyphs), domain of 1–253 ASCII letters, digits
/// and hyphens with a dot in it (A-labels are allowed), at most 254 bytes in all. Surrounding white space is
/// dropped.
class Email {
public:
    static std::optional<Email> parse(std::string_view typed);

    /// As the person wrote it, domain in lower case: where mail goes.
    [[nodiscard]] const std::string& address() const noexcept { return m_address; }
    /// All lower case: two spellings that differ only in case are one account. Dots and +tags are kept:
    /// whether they name the same mailbox is the provider's business, and folding them would give one person
    /// another's account.
    [[nodiscard]] const std::string& key() const noexcept { return m_key; }
    [[nodiscard]] std::string_view local_part() const noexcept;
    [[nodiscard]] std::string_view domain() const noexcept;
    /// First letter of each part, "a••@e••.com": for screens before the first factor is proven.
    [[nodiscard]] std::string masked() const;

    friend bool operator==(const Email& a, const Email& b) noexcept { return a.m_key == b.m_key; }

private:
    Email(std::string address, std::string key) : m_address(std::move(address)), m_key(std::move(key)) {}
    std::string m_address;
    std::string m_key;
};

}  // namespace sallyport
