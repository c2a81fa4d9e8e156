#include "base/phone_number.h"

#include "base/check.h"
#include "base/phone_rules.h"
#include "base/text.h"

#include <unicode/regex.h>

#include <algorithm>
#include <array>

namespace sallyport {

namespace {

constexpr std::size_t typed_bytes_max = 64;
constexpr std::size_t national_digits_max = 17;
constexpr std::size_t code_digits_max = 3;
constexpr std::size_t types = 10;

/// The order of the types in rules.txt.
enum Type : std::size_t {
    fixed,
    mobile,
    toll_free,
    premium,
    personal,
    voicemail,
    company,
    pager,
    voip,
    shared
};

/// One line of rules.txt.
struct Rules {
    std::string_view region, code;
    bool main = false;
    std::string_view abroad, pattern, prefix, transform, leading;
    std::array<std::string_view, types> kinds;  // "lengths pattern", "=" or empty
};

std::string_view cut(std::string_view& rest, char at)
{
    const std::size_t end = rest.find(at);
    const std::string_view part = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    return part;
}

std::vector<Rules> read_rules()
{
    std::vector<Rules> all;
    for (std::string_view rest = phone_rules(); !rest.empty();) {
        std::string_view line = cut(rest, '\n');
        Rules rules;
        rules.region = cut(line, '\t');
        rules.code = cut(line, '\t');
        rules.main = cut(line, '\t') == "1";
        for (std::string_view* const field :
             {&rules.abroad, &rules.pattern, &rules.prefix, &rules.transform, &rules.leading})
            *field = cut(line, '\t');
        for (std::string_view& kind : rules.kinds) kind = cut(line, '\t');
        all.push_back(rules);
    }
    // The main region of a code is asked first, as libphonenumber does.
    std::vector<Rules> ordered;
    for (const bool main : {true, false})
        std::ranges::copy_if(all, std::back_inserter(ordered),
                             [main](const Rules& rules) { return rules.main == main; });
    return ordered;
}

const std::vector<Rules>& every_rule()
{
    static const std::vector<Rules> all = read_rules();
    return all;
}

icu::UnicodeString unicode(std::string_view text)
{
    return icu::UnicodeString::fromUTF8(
        icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
}

/// The patterns are ours, the number is digits and short: neither a time nor a stack limit is met.
class Matcher {
public:
    Matcher(std::string_view pattern, std::string_view digits)
        : m_digits(unicode(digits)), m_matcher(unicode(pattern), m_digits, 0, m_status)
    {
        CHECK(U_SUCCESS(m_status));
    }
    bool whole() { return ok(m_matcher.matches(m_status)); }
    bool begins() { return ok(m_matcher.lookingAt(m_status)); }
    /// After begins(): how many digits it took.
    std::size_t taken() { return static_cast<std::size_t>(m_matcher.end(m_status)); }
    /// After begins(): the last group took part.
    bool last_group()
    {
        return m_matcher.groupCount() > 0 && m_matcher.start(m_matcher.groupCount(), m_status) >= 0;
    }
    std::string replaced(std::string_view with)
    {
        std::string out;
        m_matcher.replaceFirst(unicode(with), m_status).toUTF8String(out);
        CHECK(U_SUCCESS(m_status));
        return out;
    }

private:
    bool ok(UBool found)
    {
        CHECK(U_SUCCESS(m_status));
        return found != 0;
    }
    UErrorCode m_status = U_ZERO_ERROR;
    icu::UnicodeString m_digits;  // the matcher refers to it
    icu::RegexMatcher m_matcher;
};

bool takes(std::string_view pattern, std::string_view digits) { return Matcher(pattern, digits).whole(); }

bool is_of(const Rules& rules, Type type, std::string_view digits)
{
    std::string_view kind = rules.kinds.at(type);
    if (type == mobile && kind == "=") kind = rules.kinds[fixed];
    if (kind.empty()) return false;
    std::string_view lengths = cut(kind, ' ');
    if (!lengths.empty()) {
        bool found = false;
        while (!lengths.empty()) found = cut(lengths, ',') == std::to_string(digits.size()) || found;
        if (!found) return false;
    }
    return takes(kind, digits);
}

/// As PhoneNumberUtil::GetNumberTypeHelper of libphonenumber: what costs money first.
std::optional<PhoneKind> kind_of(const Rules& rules, std::string_view digits)
{
    if (!takes(rules.pattern, digits)) return std::nullopt;
    if (is_of(rules, premium, digits)) return PhoneKind::premium;
    if (is_of(rules, toll_free, digits)) return PhoneKind::other;
    if (is_of(rules, shared, digits)) return PhoneKind::premium;
    if (is_of(rules, voip, digits)) return PhoneKind::voip;
    for (const Type type : {personal, pager, company, voicemail})
        if (is_of(rules, type, digits)) return PhoneKind::other;
    const bool by_wire = is_of(rules, fixed, digits);
    const bool by_air = is_of(rules, mobile, digits);
    if (by_wire && by_air) return PhoneKind::fixed_or_mobile;
    if (by_wire) return PhoneKind::fixed;
    if (by_air) return PhoneKind::mobile;
    return std::nullopt;
}

/// Without the prefix for calls within the country. Kept where only then it is a national number
/// (MaybeStripNationalPrefixAndCarrierCode).
std::string without_prefix(const Rules& rules, const std::string& digits)
{
    if (rules.prefix.empty()) return digits;
    Matcher prefix(rules.prefix, digits);
    if (!prefix.begins()) return digits;
    const bool transformed = !rules.transform.empty() && prefix.last_group();
    std::string rest = transformed ? prefix.replaced(rules.transform) : digits.substr(prefix.taken());
    return takes(rules.pattern, digits) && !takes(rules.pattern, rest) ? digits : rest;
}

const Rules* rules_of_region(std::string_view region)
{
    const auto at = std::ranges::find(every_rule(), region, &Rules::region);
    return at == every_rule().end() || region == "001" ? nullptr : &*at;
}

const Rules* main_rules_of(std::string_view code)
{
    const auto at = std::ranges::find(every_rule(), code, &Rules::code);
    return at == every_rule().end() ? nullptr : &*at;
}

struct Typed {
    bool abroad = false;  // begins with the calling code
    std::string digits;
};

/// Digits and marks as people write them; the first plus (also the full-width one) says that the code
/// follows.
std::optional<Typed> read_typed(std::string_view typed)
{
    if (typed.size() > typed_bytes_max) return std::nullopt;
    Typed out;
    std::string kept(trim(typed));
    for (const std::string_view plus : {"+", "\uFF0B"}) {
        if (!kept.starts_with(plus)) continue;
        out.abroad = true;
        kept.erase(0, plus.size());
        break;
    }
    std::erase_if(kept, [](char c) { return c == '(' || c == ')' || c == '/'; });
    auto digits = typed_digits(kept);
    if (!digits || digits->empty()) return std::nullopt;
    out.digits = std::move(*digits);
    return out;
}

struct Found {
    const Rules* rules;
    std::string national;
    PhoneKind kind;
};

/// The region of a national number among those that share a calling code.
std::optional<Found> find_region(std::string_view code, const std::string& national)
{
    if (national.size() < 2 || national.size() > national_digits_max) return std::nullopt;
    for (const Rules& rules : every_rule()) {
        if (rules.code != code) continue;
        const auto kind = kind_of(rules, national);
        const bool led = !rules.leading.empty() && Matcher(rules.leading, national).begins();
        if (kind) return Found{&rules, national, *kind};
        if (led) return std::nullopt;  // that region's, and not valid there
    }
    return std::nullopt;
}

std::optional<Found> find_abroad(const std::string& digits)
{
    for (std::size_t length = 1; length <= code_digits_max && length < digits.size(); ++length) {
        const std::string code = digits.substr(0, length);
        const Rules* const main = main_rules_of(code);
        if (main == nullptr) continue;
        return find_region(code, without_prefix(*main, digits.substr(length)));
    }
    return std::nullopt;
}

std::optional<Found> find_at_home(const Rules& home, const std::string& digits)
{
    if (!home.abroad.empty()) {
        Matcher abroad(home.abroad, digits);
        if (abroad.begins() && !digits.substr(abroad.taken()).starts_with('0'))
            return find_abroad(digits.substr(abroad.taken()));
    }
    const std::string national = without_prefix(home, digits);
    const auto found = find_region(home.code, national);
    if (found || takes(home.pattern, national) || !digits.starts_with(home.code)) return found;
    return find_region(home.code,
                       without_prefix(home, digits.substr(home.code.size())));  // the plus is missing
}

}  // namespace

std::optional<PhoneNumber> PhoneNumber::parse(std::string_view typed, std::string_view region)
{
    const auto read = read_typed(typed);
    if (!read) return std::nullopt;
    const Rules* const home = rules_of_region(region);
    if (!read->abroad && home == nullptr) return std::nullopt;
    const auto found = read->abroad ? find_abroad(read->digits) : find_at_home(*home, read->digits);
    if (!found) return std::nullopt;
    return PhoneNumber("+" + std::string(found->rules->code) + found->national,
                       std::string(found->rules->region), found->kind);
}

std::string PhoneNumber::masked() const
{
    constexpr std::size_t shown = 2;
    std::size_t code = 0;
    while (main_rules_of(std::string_view(m_e164).substr(1, code)) == nullptr) ++code;
    return m_e164.substr(0, 1 + code) + " ••• ••" + m_e164.substr(m_e164.size() - shown);
}

const std::vector<PhoneRegion>& phone_regions()
{
    static const std::vector<PhoneRegion> all = [] {
        std::vector<PhoneRegion> regions;
        for (const Rules& rules : every_rule())
            if (rules.region != "001") regions.push_back({rules.region, rules.code});
        std::ranges::sort(regions, {}, &PhoneRegion::region);
        return regions;
    }();
    return all;
}

}  // namespace sallyport
