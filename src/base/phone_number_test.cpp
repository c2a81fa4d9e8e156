#include "base/phone_number.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

namespace sallyport {
namespace {

std::vector<std::vector<std::string>> rows(const char* file)
{
    std::ifstream in(std::filesystem::path(SALLYPORT_SOURCE_FOLDER) / "resources/phone-numbers" / file);
    std::vector<std::vector<std::string>> all;
    for (std::string line; std::getline(in, line);) {
        std::vector<std::string> fields;
        for (std::size_t from = 0; from <= line.size();) {
            const std::size_t end = std::min(line.find('\t', from), line.size());
            fields.push_back(line.substr(from, end - from));
            from = end + 1;
        }
        all.push_back(fields);
    }
    return all;
}

std::string told(const std::optional<PhoneNumber>& number)
{
    if (!number) return "none";
    static constexpr const char* names[] = {"mobile", "fixed_or_mobile", "voip", "fixed", "premium", "other"};
    return number->e164() + " " + number->region() + " " + names[static_cast<std::size_t>(number->kind())];
}

/// The package's word for a type, in ours.
std::string kind_of(const std::string& type)
{
    if (type == "MOBILE") return "mobile";
    if (type == "FIXED_LINE") return "fixed";
    if (type == "FIXED_LINE_OR_MOBILE") return "fixed_or_mobile";
    if (type == "VOIP") return "voip";
    return type == "PREMIUM_RATE" || type == "SHARED_COST" ? "premium" : "other";
}

TEST(PhoneNumbers, EveryPublishedExampleIsAMobile)
{
    const auto examples = rows("examples.txt");
    EXPECT_EQ(examples.size(), 245U);
    for (const auto& row : examples) {
        const auto number = PhoneNumber::parse(row.at(1), row.at(0));
        ASSERT_TRUE(number) << row.at(0);
        EXPECT_TRUE(number->e164().ends_with(row.at(1))) << told(number);
        EXPECT_TRUE(number->kind() == PhoneKind::mobile || number->kind() == PhoneKind::fixed_or_mobile)
            << told(number);
        EXPECT_EQ(told(PhoneNumber::from_e164(number->e164())), told(number));
    }
}

TEST(PhoneNumbers, TheVerdictsAreThePackages)
{
    std::size_t same = 0;
    std::string others;
    const auto verdicts = rows("verdicts.txt");
    ASSERT_GT(verdicts.size(), 2900U);
    for (const auto& row : verdicts) {
        const std::string want =
            row.at(2).empty() ? "none" : row.at(2) + " " + row.at(3) + " " + kind_of(row.at(4));
        const std::string got = told(PhoneNumber::parse(row.at(0), row.at(1)));
        if (got == want)
            ++same;
        else
            others += row.at(0) + " " + row.at(1) + ": " + got + ", the package: " + want + "\n";
    }
    EXPECT_EQ(others, "") << same << " of " << verdicts.size();
}

struct Case {
    const char* typed;
    const char* region;
    const char* told;
};
const Case cases[] = {
    // libphonenumber's example numbers of each kind
    {"212345678", "PT", "+351212345678 PT fixed"},
    {"760123456", "PT", "+351760123456 PT premium"},
    {"808123456", "PT", "+351808123456 PT premium"},
    {"800123456", "PT", "+351800123456 PT other"},
    {"9012345678", "GB", "+449012345678 GB premium"},
    {"8431234567", "GB", "+448431234567 GB premium"},
    {"7012345678", "GB", "+447012345678 GB other"},
    {"7640123456", "GB", "+447640123456 GB other"},
    {"7400123456", "GB", "+447400123456 GB mobile"},
    {"2015550123", "US", "+12015550123 US fixed_or_mobile"},
    {"9002345678", "US", "+19002345678 US premium"},
    {"8002345678", "US", "+18002345678 US other"},
    {"0212345678", "IT", "+390212345678 IT fixed"},
    {"3123456789", "IT", "+393123456789 IT mobile"},
    // as people write them
    {"+351 912 345 678", "DE", "+351912345678 PT mobile"},
    {"\uFF0B351-912.345/678", "", "+351912345678 PT mobile"},
    {"00351 912345678", "DE", "+351912345678 PT mobile"},
    {"351912345678", "PT", "+351912345678 PT mobile"},
    {"+44 (0)7400 123456", "", "+447400123456 GB mobile"},
    {"07400 123456", "GB", "+447400123456 GB mobile"},
    {"٩١٢٣٤٥٦٧٨", "PT", "+351912345678 PT mobile"},
    {"011 351 912345678", "US", "+351912345678 PT mobile"},
    // a calling code of several regions
    {"+15062345678", "US", "+15062345678 CA fixed_or_mobile"},
    {"+77710009998", "RU", "+77710009998 KZ mobile"},
    {"+447781123456", "GB", "+447781123456 GG mobile"},
    // codes of no region
    {"+80012345678", "", "+80012345678 001 other"},
    {"+979123456789", "", "+979123456789 001 premium"},
    // no numbers
    {"", "PT", "none"},
    {"+", "PT", "none"},
    {"912345678", "", "none"},
    {"912345678", "XX", "none"},
    {"12345678", "001", "none"},
    {"91234567", "PT", "none"},
    {"9123456789", "PT", "none"},
    {"+999123456789", "PT", "none"},
    {"912345678x", "PT", "none"},
    {"++351912345678", "PT", "none"},
    {"112", "PT", "none"},
};

TEST(PhoneNumbers, AreReadAsPeopleWriteThem)
{
    for (const Case& one : cases)
        EXPECT_EQ(told(PhoneNumber::parse(one.typed, one.region)), one.told) << one.typed;
    EXPECT_FALSE(PhoneNumber::parse("+351912345678" + std::string(52, ' '), "PT"));
    EXPECT_FALSE(PhoneNumber::parse(std::string("+351912345678\0", 14), "PT"));
    EXPECT_FALSE(PhoneNumber::parse("+" + std::string(60, '1'), "PT"));
}

TEST(PhoneNumbers, ShowNoMoreThanTheirEnd)
{
    EXPECT_EQ(PhoneNumber::from_e164("+351912345678")->masked(), "+351 ••• ••78");
    EXPECT_EQ(PhoneNumber::from_e164("+12015550123")->masked(), "+1 ••• ••23");
}

TEST(PhoneNumbers, RegionsAreOrdered)
{
    const auto& regions = phone_regions();
    EXPECT_EQ(regions.size(), 245U);
    EXPECT_TRUE(std::ranges::is_sorted(regions, {}, &PhoneRegion::region));
    const auto portugal = std::ranges::find(regions, "PT", &PhoneRegion::region);
    ASSERT_NE(portugal, regions.end());
    EXPECT_EQ(portugal->code, "351");
}

}  // namespace
}  // namespace sallyport
