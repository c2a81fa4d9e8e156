// From the password to the account: no step is skipped, everything is kept sealed or hashed, one account is
// made.
#include "proof/codes.h"
#include "slices/sign_up/walk_test.h"
#include "store/sessions.h"
#include "support/engines.h"
#include "support/failing_database.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace sallyport::sign_up {
namespace {

class AccountToBe : public testing::TestWithParam<db::test::Engine> {
protected:
    Walk walk(std::string address = "ada@mail.example") { return {m_w, std::move(address)}; }

    db::test::FreshDatabase m_fresh = GetParam().make();
    db::test::FailingDatabase m_failing{m_fresh.database()};
    test::World m_w{m_failing};
};
INSTANTIATE_TEST_SUITE_P(Engines, AccountToBe, testing::ValuesIn(db::test::engines()), db::test::engine_name);

TEST_P(AccountToBe, IsMadeAtTheLastStepWithAllThatWasProven)
{
    auto ada = walk();
    ada.to(Stage::backup);
    EXPECT_FALSE(ada.account().has_value());
    ada.ask();
    const std::string words = ada.row()->progress.words;
    const Secret key = ada.row()->progress.app_key.duplicate();
    const auto outcome = ada.prove(ada.part());
    ASSERT_EQ(outcome.answer, Created::created);
    EXPECT_EQ(outcome.browser, policy::sessions::BrowserToken::fresh);
    const auto account = ada.account();
    ASSERT_TRUE(account.has_value());
    const auto set = m_w.credentials(*account);
    EXPECT_TRUE(set.password().has_value());
    EXPECT_EQ(set.totp_app_count(), 1U);
    EXPECT_EQ(set.kit()->codes.size(), 10U);
    ASSERT_EQ(set.channels().size(), 1U);
    EXPECT_EQ(set.primary_address().address(), ada.address);
    EXPECT_FALSE(ada.row().has_value());
    const auto mails = test::new_mails(m_w);
    ASSERT_EQ(mails.size(), 1U) << "the welcome; a sign-up tells nobody about its own session";
    EXPECT_EQ(mails[0].mail, "E10");
    EXPECT_EQ(test::parameter(mails[0], "words"), words);
    const auto session =
        sync_wait(store::find_session(m_failing, m_w.keys.keys, outcome.session->session.hash));
    ASSERT_TRUE(session.has_value());
    EXPECT_EQ(session->level, static_cast<std::int64_t>(policy::Level::aal2));
    // The code of the set-up never signs in.
    const std::string used = crypto::code_at_step(key, crypto::step_of(m_w.clock.now()));
    const auto answer = m_w.transact([&](db::Tx& tx) {
        const auto loaded = store::CredentialSet::load(tx, m_w.keys.keys, *account);
        return proof::check_totp(tx, m_w.world, loaded, used, m_w.clock.now()).answer;
    });
    EXPECT_EQ(answer, policy::factors::CodeAnswer::replayed);
}

TEST_P(AccountToBe, EveryCodeOfTheSheetOpensAndNoneIsStored)
{
    auto ada = walk();
    ada.to(Stage::backup);
    std::vector<std::string> printed;
    const auto found = ada.row();
    for (const Secret& code : found->progress.backup->printed) printed.emplace_back(code.reveal_text());
    ASSERT_EQ(printed.size(), 10U);
    ada.ask();
    ada.prove(ada.part());
    const auto account = *ada.account();
    for (const std::string& code : printed) {
        const auto outcome =
            sync_wait(proof::check_recovery_code(m_w.world, account, m_w.credentials(account).kit(), code));
        EXPECT_TRUE(outcome.code.has_value()) << "a printed code";
    }
    const auto stored = m_w.transact([](db::Tx& tx) { return tx.query("SELECT body FROM credentials"); });
    for (std::size_t row = 0; row < stored.size(); ++row)
        for (const std::string& code : printed)
            EXPECT_EQ(as_text(stored.bytes(row, 0)).find(code.substr(code.size() - 4)),
                      std::string_view::npos);
}

TEST_P(AccountToBe, NoStepIsSkippedOrReordered)
{
    const auto none = [](Walk& one, Stage awaited) {
        if (awaited != Stage::password) EXPECT_EQ(one.choose().answer, Chosen::not_now);
        if (awaited != Stage::app) EXPECT_EQ(one.prove_app("123456").answer, AppProven::not_now);
        if (awaited != Stage::backup) {
            EXPECT_EQ(one.ask().answer, Created::not_now);
            EXPECT_EQ(one.prove("ABCD").answer, Created::not_now);
        }
        EXPECT_EQ(sync_wait(skip_app(one.w.world, test::stranger(), *one.secret)).answer, Created::not_now);
        EXPECT_EQ(one.row()->progress.stage, awaited);
        EXPECT_FALSE(one.account().has_value());
    };
    for (const Stage stage : {Stage::address, Stage::password, Stage::app, Stage::backup}) {
        auto one = walk("s" + std::to_string(static_cast<int>(stage)) + "@mail.example");
        one.to(stage);
        none(one, stage);
    }
}

TEST_P(AccountToBe, NothingIsProvenByNothing)
{
    auto ada = walk();
    ada.to(Stage::backup);
    EXPECT_EQ(ada.prove("").answer, Created::not_asked);
    EXPECT_GT(ada.ask().asked, 0);
    const std::string part = ada.part();
    for (const std::string& typed : {std::string(), std::string("    "), part.substr(1), part.substr(0, 3),
                                     part + part, std::string("\xff\xff\xff\xff"), std::string(5000, 'A')})
        EXPECT_EQ(ada.prove(typed).answer, Created::wrong) << typed;
    EXPECT_FALSE(ada.account().has_value());
    std::string lower = part;
    std::ranges::transform(lower, lower.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    EXPECT_EQ(ada.prove(" " + lower).answer, Created::created);
}

TEST_P(AccountToBe, NoSecretOfAnAppBeforeTheCodeIsRight)
{
    auto ada = walk();
    ada.enter();
    EXPECT_TRUE(ada.row()->progress.app_key.empty());
    ada.confirm(ada.code);
    EXPECT_TRUE(ada.row()->progress.app_key.empty());
    ada.choose();
    EXPECT_EQ(ada.row()->progress.app_key.size(), crypto::totp_secret_bytes);
}

TEST_P(AccountToBe, PasswordsAreRefusedForTheirReason)
{
    using policy::passwords::Refusal;
    auto ada = walk("margaret.hamilton@mail.example");
    ada.to(Stage::password);
    const std::pair<const char*, Refusal> rows[] = {
        {"short", Refusal::too_short},
        {"elevenchars", Refusal::too_short},
        {"passwordpassword", Refusal::blocklisted},
        {"margaret.hamilton1", Refusal::own_name},
        {"Northstar Exchange", Refusal::operator_name},
        {"a\x01"
         "b control character",
         Refusal::malformed},
        {"\xff\xff not text at all", Refusal::malformed},
    };
    for (const auto& [password, refusal] : rows) {
        ada.password = password;
        const auto outcome = ada.choose();
        EXPECT_EQ(outcome.answer, Chosen::refused) << password;
        EXPECT_EQ(outcome.refusal, refusal) << password;
        const auto advice = sync_wait(judge_password(m_w.world, *ada.secret, Secret::from_text(password)));
        EXPECT_EQ(advice.refusal, refusal) << password;
    }
    ada.password = std::string(257, 'x') + "yz";
    EXPECT_EQ(ada.choose().refusal, Refusal::too_long);
    EXPECT_EQ(ada.row()->progress.stage, Stage::password);
}

TEST_P(AccountToBe, AWrongClockIsNamedAndAcceptsNothing)
{
    auto ada = walk();
    ada.to(Stage::app);
    const auto late = ada.prove_app(ada.app_code(-4));
    EXPECT_EQ(late.answer, AppProven::wrong);
    EXPECT_EQ(late.drift, Duration{std::chrono::seconds{-120}});
    const auto early = ada.prove_app(ada.app_code(6));
    EXPECT_EQ(early.drift, Duration{std::chrono::seconds{180}});
    EXPECT_EQ(ada.prove_app("").answer, AppProven::malformed);
    EXPECT_EQ(ada.row()->progress.stage, Stage::app);
    EXPECT_EQ(ada.prove_app(ada.app_code(1)).answer, AppProven::moved);
}

TEST_P(AccountToBe, WithoutAnAppOnlyWhereTheOperatorLetsPeople)
{
    m_w.world.second_factor_mandatory = false;
    auto ada = walk();
    ada.password = "fourteen chars";
    ada.to(Stage::password);
    EXPECT_EQ(ada.choose().refusal, policy::passwords::Refusal::too_short) << "it may stand alone";
    ada.password = "violet kettles in april";
    ada.choose();
    const auto outcome = sync_wait(skip_app(m_w.world, test::stranger(), *ada.secret));
    ASSERT_EQ(outcome.answer, Created::created);
    EXPECT_EQ(m_w.credentials(*ada.account()).totp_app_count(), 0U);
    const auto session =
        sync_wait(store::find_session(m_failing, m_w.keys.keys, outcome.session->session.hash));
    EXPECT_EQ(session->level, static_cast<std::int64_t>(policy::Level::aal1));
}

TEST_P(AccountToBe, ParallelProofsMakeOneAccountAndOneSession)
{
    auto ada = walk();
    ada.to(Stage::backup);
    ada.ask();
    const std::string part = ada.part();
    std::atomic<int> created = 0;
    test::in_parallel(8, [&](int) {
        const auto outcome = sync_wait(prove_backup(m_w.world, test::stranger(), *ada.secret, part));
        if (outcome.answer == Created::created) ++created;
    });
    EXPECT_EQ(created, 1);
    const auto sessions = m_w.transact([](db::Tx& tx) { return tx.query("SELECT account FROM sessions"); });
    EXPECT_EQ(sessions.size(), 1U);
    const auto accounts = m_w.transact([](db::Tx& tx) { return tx.query("SELECT id FROM accounts"); });
    EXPECT_EQ(accounts.size(), 1U);
}

TEST_P(AccountToBe, AnAddressThatGotAnAccountMeanwhileGetsNoSecond)
{
    auto ada = walk();
    ada.to(Stage::backup);
    ada.ask();
    const std::string part = ada.part();
    const auto other = m_w.person();
    EXPECT_EQ(ada.prove(part).answer, Created::has_account);
    EXPECT_EQ(ada.account(), other.id);
    EXPECT_FALSE(ada.row().has_value());
}

TEST_P(AccountToBe, AFullPoolLosesNothing)
{
    auto ada = walk();
    ada.to(Stage::password);
    test::World full(m_fresh.database(), 9, test::always_busy());
    full.clock.set(m_w.clock.now());
    const auto busy = sync_wait(
        choose_password(full.world, *ada.secret, Secret::from_text("violet kettles in april"), "en"));
    EXPECT_EQ(busy.answer, Chosen::busy);
    EXPECT_GT(busy.busy_seconds, 0);
    EXPECT_EQ(ada.choose().answer, Chosen::accepted);
    const auto no_kit = sync_wait(sign_up::prove_app(full.world, *ada.secret, ada.app_code()));
    EXPECT_EQ(no_kit.answer, AppProven::busy);
    EXPECT_EQ(ada.prove_app(ada.app_code()).answer, AppProven::moved);
}

TEST_P(AccountToBe, EachCallThatFailsLeavesAStepThatCanBeRepeated)
{
    using When = db::test::FailingDatabase::When;
    for (const When when : {When::before, When::after}) {
        for (std::uint64_t call = 1;; ++call) {
            auto one = walk((when == When::before ? "b" : "a") + std::to_string(call) + "@mail.example");
            one.network = one.address;
            one.to(Stage::password);
            m_failing.fail_call(call, when);
            const auto once = [](const auto& step) {
                try {
                    step();
                } catch (const Unavailable&) {
                }
            };
            once([&] { one.choose(); });
            once([&] { one.prove_app(one.app_code()); });
            once([&] { one.ask(); });
            once([&] { one.prove(one.part()); });
            const bool all_ran = m_failing.calls() < call;
            m_failing.fail_call(0);
            // Again, from whatever is awaited.
            for (int i = 0; i < 4 && !one.account(); ++i) {
                switch (one.row()->progress.stage) {
                case Stage::address: FAIL();
                case Stage::password: one.choose(); break;
                case Stage::app: one.prove_app(one.app_code()); break;
                case Stage::backup:
                    one.ask();
                    one.prove(one.part());
                    break;
                case Stage::created: FAIL();
                }
            }
            EXPECT_TRUE(one.account().has_value()) << one.address;
            if (all_ran) break;
        }
    }
}

}  // namespace
}  // namespace sallyport::sign_up
