#include "base/email.h"

#include "base/text.h"

#include <algorithm>

namespace sallyport {

namespace {

constexpr std::size_t local_bytes_max = 64;
constexpr std::size_t domain_bytes_max = 253;
constexpr std::size_t address_bytes_max = 254;
constexpr std::size_t label_bytes_max = 63;

bool is_letter_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_atom_character(char c)
{
    return is_letter_or_digit(c) || std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
}

template <class Accept>
bool every_dotted_part(std::string_view text, Accept accept)
{
    for (;;) {
        const std::size_t dot = text.find('.');
        if (!accept(text.substr(0, dot))) return false;
        if (dot == std::string_view::npos) return true;
        text.remove_prefix(dot + 1);
    }
}

bool is_local_part(std::string_view text)
{
    return text.size() <= local_bytes_max && every_dotted_part(text, [](std::string_view atom) {
               return !atom.empty() && std::ranges::all_of(atom, is_atom_character);
           });
}

bool is_domain(std::string_view text)
{
    if (text.size() > domain_bytes_max || text.find('.') == std::string_view::npos) return false;
    const bool labels = every_dotted_part(text, [](std::string_view label) {
        return !label.empty() && label.size() <= label_bytes_max && label.front() != '-' &&
               label.back() != '-' &&
               std::ranges::all_of(label, [](char c) { return is_letter_or_digit(c) || c == '-'; });
    });
    const std::string_view last = text.substr(text.rfind('.') + 1);
    return labels &&
           !std::ranges::all_of(last, [](char c) { return c >= '0' && c <= '9'; });  // not an IPv4 address
}

std::string lower(std::string_view text)
{
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

}  // namespace

std::optional<Email> Email::parse(std::string_view typed)
{
    const std::string_view text = trim(typed);
    const std::size_t at = text.rfind('@');
    if (at == std::string_view::npos || text.size() > address_bytes_max) return std::nullopt;
    const std::string_view local = text.substr(0, at);
    const std::string_view domain = text.substr(at + 1);
    if (!is_local_part(local) || !is_domain(domain)) return std::nullopt;
    return Email(std::string(local) + "@" + lower(domain), lower(text));
}

std::string_view Email::local_part() const noexcept
{
    return std::string_view(m_address).substr(0, m_address.rfind('@'));
}
std::string_view Email::domain() const noexcept
{
    return std::string_view(m_address).substr(m_address.rfind('@') + 1);
}

std::string Email::masked() const
{
    const std::string_view host = domain();
    std::string out(local_part().substr(0, 1));
    out += "••@";
    out += host.substr(0, 1);
    out += "••";
    out += host.substr(host.rfind('.'));
    return out;
}

}  // namespace sallyport
