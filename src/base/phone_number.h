#pragma once
// Phone numbers by libphonenumber's rules (docs/decisions/phone-numbers.md): read as people write them, kept
// in E.164 (ITU-T, section 6), and known by region and kind. A number of no known kind is no number.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport {

enum class PhoneKind : std::uint8_t {
    mobile,
    fixed_or_mobile,  // where the plan does not tell them apart
    voip,
    fixed,
    premium,  // and shared cost
    other,    // toll-free, personal, pager, voicemail and company numbers
};

class PhoneNumber {
public:
    /// `typed`: with "+" or the region's prefix for calls abroad, or a national number of `region` (ISO
    /// 3166-1 alpha-2). Any script's digits; spaces, dashes, dots, slashes and brackets are dropped. nullopt
    /// where it is no valid number of any region, or longer than 64 bytes.
    static std::optional<PhoneNumber> parse(std::string_view typed, std::string_view region);
    /// Of our own rows: E.164 as it was kept. nullopt where the rules do not know the number any more.
    static std::optional<PhoneNumber> from_e164(std::string_view number) { return parse(number, {}); }

    [[nodiscard]] const std::string& e164() const noexcept { return m_e164; }
    /// "PT"; "001" for codes of no region.
    [[nodiscard]] const std::string& region() const noexcept { return m_region; }
    [[nodiscard]] PhoneKind kind() const noexcept { return m_kind; }
    /// "+351 ••• ••78": nobody who looks over a shoulder reads it.
    [[nodiscard]] std::string masked() const;

    friend bool operator==(const PhoneNumber& a, const PhoneNumber& b) noexcept
    {
        return a.m_e164 == b.m_e164;
    }

private:
    PhoneNumber(std::string e164, std::string region, PhoneKind kind)
        : m_e164(std::move(e164)), m_region(std::move(region)), m_kind(kind)
    {
    }
    std::string m_e164;
    std::string m_region;
    PhoneKind m_kind;
};

/// A region and its calling code, for a list to choose from.
struct PhoneRegion {
    std::string_view region;  // "PT"
    std::string_view code;    // "351"
};
/// All, without codes of no region, ordered by region.
const std::vector<PhoneRegion>& phone_regions();

}  // namespace sallyport
