// Addresses of the network, ids, secrets and the log.
#include "base/ids.h"
#include "base/ip_address.h"
#include "base/log.h"
#include "base/secret.h"

#include <gtest/gtest.h>

#include <type_traits>
#include <vector>

namespace sallyport {
namespace {

TEST(IpAddress, IsCountedByItsNetwork)
{
    struct Row {
        std::string typed;
        std::string text;
        std::string network;
    };
    const std::vector<Row> rows{
        {"192.0.2.1", "192.0.2.1", "192.0.2.1"},
        {"::ffff:192.0.2.1", "192.0.2.1", "192.0.2.1"},
        {"::ffff:c000:201", "192.0.2.1", "192.0.2.1"},
        {"2001:DB8:0:0:1:2:3:4", "2001:db8::1:2:3:4", "2001:db8::/64"},
        {"2001:db8:1:2:ffff::1", "2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"},
        {"::1", "::1", "::/64"},
    };
    for (const Row& row : rows) {
        const auto address = IpAddress::parse(row.typed);
        ASSERT_TRUE(address.has_value()) << row.typed;
        EXPECT_EQ(address->text(), row.text);
        EXPECT_EQ(address->network(), row.network);
        EXPECT_EQ(IpAddress::parse(row.text), address);
    }
    EXPECT_EQ(IpAddress::parse("2001:db8:1:2::1")->network(),
              IpAddress::parse("2001:db8:1:2:ffff:ffff:ffff:ffff")->network());
    EXPECT_NE(IpAddress::parse("2001:db8:1:2::1")->network(), IpAddress::parse("2001:db8:1:3::1")->network());
    for (const std::string& bad : {"", "192.0.2", "192.0.2.256", "192.0.2.01", "0300.0.2.1", "192.0.2.1:80",
                                  "[::1]", "fe80::1%eth0", "1", "::1 ", "x"})
        EXPECT_FALSE(IpAddress::parse(bad).has_value()) << bad;
    EXPECT_FALSE(IpAddress::parse(std::string("192.0.2.1\0x", 11)).has_value());
    for (const std::string loopback : {"127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"})
        EXPECT_TRUE(IpAddress::parse(loopback)->is_loopback());
    for (const std::string other : {"128.0.0.1", "::2", "::", "2001:db8::1"})
        EXPECT_FALSE(IpAddress::parse(other)->is_loopback());
}

TEST(Ids, AreUuidsOfVersionSevenInTheOrderOfTime)
{
    std::array<std::uint8_t, 10> random{};
    random.fill(0xff);
    const AccountId early(make_uuid_v7(from_unix_ms(0x0190'0000'0001), random));
    EXPECT_EQ(early.text(), "01900000-0001-7fff-bfff-ffffffffffff");
    random.fill(0);
    const AccountId late(make_uuid_v7(from_unix_ms(0x0190'0000'0002), random));
    EXPECT_EQ(late.text(), "01900000-0002-7000-8000-000000000000");
    EXPECT_LT(early, late);
    EXPECT_EQ(AccountId::parse(early.text()), early);
    EXPECT_EQ(AccountId::from_bytes(early.bytes()), early);
    for (const std::string& bad :
         {std::string(), early.text().substr(1), early.text() + "0",
          std::string("01900000x0001-7fff-bfff-ffffffffffff"),
          std::string("01900000-0001-7fff-bfff-fffffffffffg"), std::string(36, '-'), std::string(36, '0')})
        EXPECT_FALSE(AccountId::parse(bad).has_value()) << bad;
    EXPECT_FALSE(AccountId::from_bytes(Bytes(15)).has_value());
    static_assert(!std::is_convertible_v<AccountId, SessionId>, "an id names one kind of thing");
}

TEST(Secret, MovesAndIsNeverCopiedByAccident)
{
    static_assert(!std::is_copy_constructible_v<Secret> && !std::is_copy_assignable_v<Secret>);
    Secret one = Secret::from_text("hush");
    const Secret copy = one.duplicate();
    Secret two = std::move(one);
    EXPECT_TRUE(one.empty());
    EXPECT_EQ(two.reveal_text(), "hush");
    EXPECT_EQ(copy.reveal_text(), "hush");
    two = Secret::from_text("other");
    EXPECT_EQ(two.size(), 5U);
    std::string text = "hush";
    const char* const where = text.data();
    wipe_text(text);
    EXPECT_TRUE(text.empty());
    EXPECT_EQ(*where, '\0');
}

class Lines final : public log::Sink {
public:
    void write(log::Level level, std::string_view line) override { m_lines.emplace_back(level, line); }
    std::vector<std::pair<log::Level, std::string>> m_lines;
};

TEST(Log, IsOneLineAnEventThatNobodyCanForge)
{
    log::write(log::Level::info, "before");
    Lines lines;
    log::install(&lines);
    log::write(log::Level::alarm, "row_not_ours", {{"what", "a \"row\"\\"}, {"count", 3}});
    log::write(log::Level::info, "said", {{"relay", "550\r\nrow_not_ours \x1b[31m\x7f"}});
    log::install(nullptr);
    log::write(log::Level::info, "after");
    ASSERT_EQ(lines.m_lines.size(), 2U);
    EXPECT_EQ(lines.m_lines[0].first, log::Level::alarm);
    EXPECT_EQ(lines.m_lines[0].second, "row_not_ours what=\"a \\\"row\\\"\\\\\" count=\"3\"");
    EXPECT_EQ(lines.m_lines[1].second, "said relay=\"550\\x0d\\x0arow_not_ours \\x1b[31m\\x7f\"");
}

}  // namespace
}  // namespace sallyport
