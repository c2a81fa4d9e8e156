#include "slices/session_check/access_tokens.h"

#include "crypto/key_file.h"
#include "crypto/test_random.h"
#include "slices/session_check/session_json.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

namespace sallyport::session_check {
namespace {

class MovedClock final : public ports::Clock {
public:
    Instant now() const override { return m_now; }
    Instant m_now = from_unix_ms(1'763'800'000'000);
};

class SameRandom final : public ports::Random {
public:
    void fill(std::span<std::uint8_t> out) override { m_random.fill(out); }
    crypto::TestRandom m_random;
};

const AccountId ada(*uuid_from_text("01932f5e-8a00-7000-8000-0123456789ab"));
const SessionId first_session(*uuid_from_text("11111111-2222-4333-8444-555555555555"));
const SessionId other_session(*uuid_from_text("99999999-2222-4333-8444-555555555555"));

class Tokens : public testing::Test {
protected:
    Tokens() : m_folder(make_folder()), m_keys(load(m_folder, m_random)), m_signer(m_keys) {}
    ~Tokens() override { std::filesystem::remove_all(m_folder); }

    static std::filesystem::path make_folder()
    {
        std::string name = (std::filesystem::temp_directory_path() / "sallyport-tokens.XXXXXX").string();
        return ::mkdtemp(name.data());
    }
    static crypto::KeyRing load(const std::filesystem::path& folder, ports::Random& random)
    {
        auto keys = crypto::KeyRing::create((folder / "keys").string(), random);
        return std::move(keys.value());
    }
    AccessTokens::Holder holder(const SessionId& session, std::int64_t level = 2,
                                Duration session_left = std::chrono::hours{1}) const
    {
        return {session, ada, level, m_clock.m_now + session_left};
    }
    boost::json::object claims(const std::string& token) const
    {
        const auto payload = crypto::verify_jws(token, m_signer.public_keys());
        return payload ? boost::json::parse(*payload).as_object() : boost::json::object();
    }

    SameRandom m_random;
    MovedClock m_clock;
    std::filesystem::path m_folder;
    crypto::KeyRing m_keys;
    crypto::JwsSigner m_signer;
    AccessTokens m_tokens{m_signer, m_clock, m_random, "https://accounts.example"};
};

TEST_F(Tokens, SayWhoAndForHowLong)
{
    const auto said = claims(m_tokens.token_for(holder(first_session)));
    EXPECT_EQ(said.at("iss"), "https://accounts.example");
    EXPECT_EQ(said.at("aud"), "https://accounts.example");
    EXPECT_EQ(std::string_view(said.at("sub").as_string()), ada.text());
    EXPECT_EQ(said.at("level"), "aal2");
    EXPECT_EQ(said.at("iat"), to_unix_seconds(m_clock.m_now));
    EXPECT_EQ(said.at("exp"), to_unix_seconds(m_clock.m_now) + 60);
    EXPECT_EQ(said.at("jti").as_string().size(), 22U);
    EXPECT_EQ(said.size(), 7U);
}

TEST_F(Tokens, AreUsedForHalfTheirLife)
{
    const std::string first = m_tokens.token_for(holder(first_session));
    m_clock.m_now += std::chrono::milliseconds{29'999};
    EXPECT_EQ(m_tokens.token_for(holder(first_session)), first);
    m_clock.m_now += std::chrono::milliseconds{1};
    EXPECT_NE(m_tokens.token_for(holder(first_session)), first);
}

TEST_F(Tokens, AreNotSharedBetweenSessionsOrLevels)
{
    const std::string first = m_tokens.token_for(holder(first_session));
    EXPECT_NE(m_tokens.token_for(holder(other_session)), first);
    const std::string higher = m_tokens.token_for(holder(first_session, 3));
    EXPECT_EQ(claims(higher).at("level"), "aal3");
}

TEST_F(Tokens, EndWithTheSession)
{
    const auto said = claims(m_tokens.token_for(holder(first_session, 2, std::chrono::seconds{10})));
    EXPECT_EQ(said.at("exp"), to_unix_seconds(m_clock.m_now) + 10);
}

TEST_F(Tokens, OfAClockThatWentBackAreMadeAnew)
{
    const std::string first = m_tokens.token_for(holder(first_session));
    m_clock.m_now -= std::chrono::seconds{1};
    EXPECT_NE(m_tokens.token_for(holder(first_session)), first);
}

TEST(SessionJson, IsWholeAndFlat)
{
    const SessionFacts facts{ada,
                             2,
                             0b11,
                             from_unix_ms(1'763'800'000'999),
                             from_unix_ms(1'763'803'599'000),
                             from_unix_ms(1'763'886'400'000)};
    EXPECT_EQ(session_json(facts),
              "{\"account\":\"01932f5e-8a00-7000-8000-0123456789ab\",\"level\":\"aal2\","
              "\"factors\":[\"password\",\"totp\"],\"signed_in_at\":\"2025-11-22T08:26:40Z\","
              "\"last_seen_at\":\"2025-11-22T09:26:39Z\",\"ends_at\":\"2025-11-23T08:26:40Z\"}");
}

TEST(SessionJson, NamesLevels)
{
    EXPECT_EQ(level_name(1), "aal1");
    EXPECT_EQ(level_name(2), "aal2");
    EXPECT_EQ(level_name(3), "aal3");
    EXPECT_EQ(level_name(0), "aal1");
}

}  // namespace
}  // namespace sallyport::session_check
