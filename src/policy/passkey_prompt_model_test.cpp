#include <gtest/gtest.h>

#include <array>

#include "policy/passkey_prompt.h"

namespace sallyport::policy::passkey_prompt {
namespace {

using std::chrono::days;

const Instant start{days{365 * 50}};
constexpr Duration ms{1};
constexpr std::array levels{Level::none, Level::aal1, Level::aal2, Level::aal3};

bool is_weak(Methods methods) { return methods.has(Method::email_code) || methods.has(Method::sms_code); }

void check(const Facts& facts, const profile::Table& table, int& shown)
{
    const passkeys::Limits limits;
    const bool taken = table.passkey && !table.hardware_key_required;
    const bool rested = !facts.not_now_at || start - *facts.not_now_at >= days{30};
    const bool allowed = facts.session != Level::none && facts.session >= facts.account_highest;
    const bool answer = is_proposed(facts, table, start, limits);
    ASSERT_EQ(answer, is_weak(facts.signed_in_by) && facts.held == 0 && taken && rested && allowed);
    if (!answer) return;
    // Whoever follows it is not refused for the level.
    const passkeys::Registration registration{.session = facts.session,
                                              .account_highest = facts.account_highest};
    ASSERT_NE(passkeys::may_register(registration, limits), passkeys::RegistrationAnswer::needs_level);
    ++shown;
}

TEST(PasskeyPromptModel, AfterASentCodeAndOnlyWhereItCanBeFollowed)
{
    const std::optional<Instant> rests[] = {std::nullopt, start - days{30}, start - days{30} + ms, start};
    int shown = 0;
    for (unsigned proofs = 0; proofs < 256; ++proofs)
        for (const Level session : levels)
            for (const Level highest : levels)
                for (const std::int64_t held : {0, 1, 2})
                    for (const auto& not_now : rests)
                        for (unsigned taken = 0; taken < 4; ++taken) {
                            profile::Table table;
                            table.passkey = (taken & 1u) != 0;
                            table.hardware_key_required = (taken & 2u) != 0;
                            Facts facts{{}, session, highest, held, not_now};
                            for (unsigned n = 0; n < every_method.size(); ++n)
                                if (proofs >> n & 1u) facts.signed_in_by.add(every_method[n]);
                            check(facts, table, shown);
                        }
    EXPECT_GT(shown, 0);
}

TEST(PasskeyPrompt, FactsNeverFilledInProposeNothing)
{
    EXPECT_FALSE(is_proposed({}, {}, start, {}));
    const Facts by_mail{.signed_in_by = {Method::password, Method::email_code}, .session = Level::aal1};
    EXPECT_EQ(by_mail.account_highest, Level::none);
    EXPECT_EQ(by_mail.held, 0);
    EXPECT_TRUE(is_proposed(by_mail, {}, start, {}));
    EXPECT_FALSE(is_proposed({.signed_in_by = {Method::email_code}}, {}, start, {})) << "no session";
}

}  // namespace
}  // namespace sallyport::policy::passkey_prompt
