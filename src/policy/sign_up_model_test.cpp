// Every trace of an owner, who reads the mailbox, in two browsers, and a squatter, who does not, at one
// address.
#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "policy/sign_up.h"

namespace sallyport::policy::sign_up {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const Instant start{hours{24 * 365 * 50}};

enum class Act : int {
    enter_address,
    code_right,
    code_wrong,
    password,
    passkey,
    app_code,
    app_skip,
    backup,
};
constexpr int acts = 8;
constexpr int squatter = 0, owner = 1, owner_elsewhere = 2, browsers = 3, nobody = -1;

struct World {
    std::array<std::optional<Challenge>, browsers> challenges;
    Row row{Stage::address, start};
    int bound = nobody;
    // What the row holds, and whose it is.
    int password_of = nobody;
    int passkey_of = nobody;
    int secret_seen_by = nobody;
    bool app_proven = false, backup_proven = false;
    int created_for = nobody;
    Instant now = start;
};

class Walk {
public:
    explicit Walk(bool mandatory) : m_mandatory(mandatory) {}
    std::int64_t traces = 0, created = 0, created_by_passkey = 0, moved_house = 0;

    void from(const World& world, int depth)
    {
        ++traces;
        if (depth == 0 || ::testing::Test::HasFailure()) return;
        for (int browser = 0; browser < browsers; ++browser)
            for (int n = 0; n < acts; ++n) {
                const auto act = static_cast<Act>(n);
                if (browser == squatter && act == Act::code_right) continue;  // it cannot read the mailbox
                // What the squatter cannot change needs no walking; that it changes nothing is checked here.
                World next = world;
                apply(next, browser, act);
                if (browser == squatter) changed_nothing(world, next);
                if (!same(world, next)) from(next, depth - 1);
            }
    }

private:
    static bool same(const World& a, const World& b)
    {
        return a.challenges == b.challenges && a.row.stage == b.row.stage && a.bound == b.bound &&
               a.password_of == b.password_of && a.passkey_of == b.passkey_of &&
               a.created_for == b.created_for;
    }
    static void changed_nothing(const World& before, const World& after)
    {
        ASSERT_EQ(before.row.stage, after.row.stage) << "a squatter moves nothing";
        ASSERT_EQ(before.bound, after.bound);
        ASSERT_EQ(before.created_for, after.created_for);
        ASSERT_EQ(before.challenges[owner], after.challenges[owner]) << "and spends nobody else's tries";
        ASSERT_EQ(before.challenges[owner_elsewhere], after.challenges[owner_elsewhere]);
    }

    void apply(World& w, int browser, Act act)
    {
        auto& challenge = w.challenges[static_cast<std::size_t>(browser)];
        switch (act) {
        case Act::enter_address: {
            const SendVerdict verdict = send_code(challenge, w.now, m_limits);
            if (verdict.send) challenge = verdict.challenge;
            return;
        }
        case Act::code_right:
        case Act::code_wrong: {
            if (!challenge) return;
            const CodeAnswer answer = judge_code(*challenge, act == Act::code_right, w.now, m_limits);
            if (answer == CodeAnswer::spent || answer == CodeAnswer::expired) return;
            ++challenge->tries;
            ASSERT_LE(challenge->tries, m_limits.code_tries_max);
            if (answer == CodeAnswer::right) go(w, browser, Event::code_right);
            return;
        }
        case Act::password: return go(w, browser, Event::password_accepted);
        case Act::passkey: return go(w, browser, Event::passkey_made);
        case Act::app_code: return go(w, browser, Event::app_code_right);
        case Act::app_skip: return go(w, browser, Event::app_skipped);
        case Act::backup: return go(w, browser, Event::backup_proven);
        }
    }

    void go(World& w, int browser, Event event)
    {
        const Step next = step({w.row, w.bound == browser, m_mandatory, false}, event, w.now, m_limits);
        if (next.answer != Answer::moved) {
            ASSERT_EQ(next.stage, w.row.stage) << "a refused step moves nothing";
            ASSERT_FALSE(next.bind_browser || next.forget_progress || next.create_account);
            return;
        }
        if (next.forget_progress) {
            w.password_of = w.passkey_of = w.secret_seen_by = nobody;
            w.app_proven = w.backup_proven = false;
            ++moved_house;
        }
        ASSERT_EQ(next.bind_browser, event == Event::code_right)
            << "only the mailed code gives a browser the row";
        if (next.bind_browser) w.bound = browser;
        w.row.stage = next.stage;
        if (event == Event::password_accepted) w.password_of = browser;
        if (event == Event::passkey_made) w.passkey_of = browser;
        if (event == Event::app_code_right) w.app_proven = true;
        if (event == Event::backup_proven) w.backup_proven = true;
        if (may_hold_secret(w.row.stage)) w.secret_seen_by = w.bound;
        holds(w, next, event);
    }

    void holds(World& w, const Step& next, Event event)
    {
        ASSERT_NE(w.bound, squatter);
        ASSERT_EQ(next.create_account, w.row.stage == Stage::created);
        // Everything that the row holds was chosen or seen by the browser that proved the mailbox last.
        if (w.password_of != nobody) ASSERT_EQ(w.password_of, w.bound);
        if (w.passkey_of != nobody) ASSERT_EQ(w.passkey_of, w.bound);
        if (w.secret_seen_by != nobody) ASSERT_EQ(w.secret_seen_by, w.bound);
        ASSERT_EQ(may_hold_secret(w.row.stage), w.row.stage == Stage::app || w.row.stage == Stage::backup);
        // No step is skipped or taken out of order.
        const bool by_passkey = w.passkey_of != nobody;
        if (w.row.stage != Stage::password) ASSERT_NE(w.password_of != nobody, by_passkey) << "one of them";
        if (w.row.stage == Stage::app) ASSERT_FALSE(by_passkey) << "a passkey counts as both factors";
        if (w.row.stage == Stage::backup) ASSERT_TRUE(w.app_proven || by_passkey);
        if (!next.create_account) return;
        ++created;
        w.created_for = w.bound;
        if (event == Event::app_skipped)
            ASSERT_TRUE(!m_mandatory && !by_passkey);
        else
            ASSERT_TRUE((w.app_proven || by_passkey) && w.backup_proven);
        created_by_passkey += by_passkey;
    }

    bool m_mandatory;
    Limits m_limits;
};

TEST(SignUpModel, EveryTraceOfTwoParties)
{
    for (const bool mandatory : {true, false}) {
        World begun;
        Walk walk(mandatory);
        walk.from(begun, 6);
        EXPECT_GT(walk.traces, 5'000);
        EXPECT_GT(walk.created, 10) << "the owner gets there";
        EXPECT_GT(walk.created_by_passkey, 10);
        World proven = begun;  // deeper: the owner has the row, and asked elsewhere too
        proven.challenges = {Challenge{start, 1, 0}, Challenge{start, 1, 1}, Challenge{start, 1, 0}};
        proven.row.stage = Stage::app;
        proven.bound = proven.password_of = owner;
        Walk deeper(mandatory);
        deeper.from(proven, 6);
        EXPECT_GT(deeper.created, 10);
        EXPECT_GT(deeper.moved_house, 10);
    }
}

TEST(SignUpModel, EveryStepAtEveryStage)
{
    const Limits limits;
    const std::array stages{Stage::address, Stage::password, Stage::app, Stage::backup, Stage::created};
    const std::array events{Event::code_right,     Event::password_accepted, Event::passkey_made,
                            Event::app_code_right, Event::app_skipped,       Event::backup_proven};
    int moves = 0;
    for (const Stage stage : stages)
        for (const Event event : events)
            for (const bool own : {false, true})
                for (const unsigned rule : {0u, 1u, 2u, 3u})
                    for (const Duration age : {Duration{0}, hours{24} - Duration{1}, Duration{hours{24}}}) {
                        const bool mandatory = (rule & 1) != 0, key_first = (rule & 2) != 0;
                        const Step next =
                            step({{stage, start}, own, mandatory, key_first}, event, start + age, limits);
                        const bool over = stage == Stage::created || age >= hours{24};
                        ASSERT_EQ(is_over({stage, start}, start + age, limits), over);
                        ASSERT_EQ(next.answer == Answer::expired, over);
                        if (over) {
                            ASSERT_EQ(next.stage, stage);
                            continue;
                        }
                        ASSERT_EQ(next.answer == Answer::other_browser, !own && event != Event::code_right);
                        ASSERT_EQ(next.forget_progress,
                                  event == Event::code_right && !own && stage != Stage::address);
                        if (event == Event::code_right) {
                            ASSERT_EQ(next.answer, Answer::moved);
                            // The browser that proved it before goes on where it was.
                            ASSERT_EQ(next.stage, own && stage != Stage::address ? stage : Stage::password);
                        }
                        const bool moved = next.answer == Answer::moved;
                        moves += moved;
                        if (event == Event::code_right || !moved) continue;
                        ASSERT_TRUE(own);
                        if (event == Event::password_accepted)
                            ASSERT_TRUE(stage == Stage::password && next.stage == Stage::app && !key_first);
                        if (event == Event::passkey_made) {
                            ASSERT_EQ(stage, Stage::password);
                            ASSERT_EQ(next.stage, Stage::backup) << "the kit stays";
                        }
                        if (event == Event::app_code_right)
                            ASSERT_TRUE(stage == Stage::app && next.stage == Stage::backup);
                        if (event == Event::app_skipped) ASSERT_TRUE(stage == Stage::app && !mandatory);
                        if (event == Event::backup_proven) ASSERT_EQ(stage, Stage::backup);
                        ASSERT_EQ(next.create_account, next.stage == Stage::created);
                    }
    // Per age and rule: the code at four stages in either browser, three steps, the password where no key
    // comes first, and skipping where it is allowed.
    EXPECT_EQ(moves, 2 * (4 * (8 + 3) + 2 + 2));
}

TEST(SignUp, AnUnfilledFactAllowsNothing)
{
    const Limits limits;
    EXPECT_FALSE(may_hold_secret(Stage::address) || may_hold_secret(Stage::password));
    EXPECT_TRUE(may_hold_secret(Stage::app) && may_hold_secret(Stage::backup));
    EXPECT_FALSE(may_hold_secret(Stage::created)) << "the account holds it then";
    EXPECT_EQ(step({{Stage::app, start}}, Event::app_code_right, start, limits).answer, Answer::other_browser)
        << "no browser is the row's own unless said";
    EXPECT_EQ(
        step({.row = {Stage::app, start}, .own_browser = true}, Event::app_skipped, start, limits).answer,
        Answer::not_now)
        << "a second factor is mandatory by default";
    EXPECT_EQ(
        step({.row = {Stage::password, start}, .own_browser = true}, Event::password_accepted, start, limits)
            .answer,
        Answer::not_now)
        << "and a key comes first unless said";
}

// --- the mailed code
// ------------------------------------------------------------------------------------------------

TEST(SignUpModel, NoMixOfResendsGivesASixthTryWhileACodeLives)
{
    // Every mix of tries and requests for new codes, a minute apart, of nine acts.
    const Limits limits;
    for (unsigned bits = 0; bits < 512; ++bits) {
        Challenge challenge = send_code(std::nullopt, start, limits).challenge;
        ASSERT_EQ(challenge, (Challenge{start, 1, 0}));
        Instant now = start;
        std::int64_t tries = 0, sends = 1;
        for (unsigned n = 0; n < 9; ++n) {
            now += minutes{1};
            if (bits >> n & 1u) {
                const SendVerdict verdict = send_code(challenge, now, limits);
                ASSERT_EQ(verdict.send, sends < 5 && tries < 5);
                if (!verdict.send) {
                    ASSERT_EQ(verdict.challenge, challenge);
                    ASSERT_EQ(verdict.next_send_at, challenge.sent_at + minutes{15});
                    continue;
                }
                ASSERT_EQ(verdict.challenge, (Challenge{now, ++sends, tries})) << "the count is never reset";
                challenge = verdict.challenge;
            } else {
                const CodeAnswer answer = judge_code(challenge, false, now, limits);
                ASSERT_EQ(answer, tries < 5 ? CodeAnswer::wrong : CodeAnswer::spent);
                ASSERT_EQ(tries_left(challenge, limits), 5 - tries);
                if (answer == CodeAnswer::spent) {
                    ASSERT_EQ(judge_code(challenge, true, now, limits), CodeAnswer::spent)
                        << "not even the right one";
                    continue;
                }
                ++challenge.tries;
                ++tries;
            }
        }
        // Never a dead end: when the last code is dead by age, the address can be entered anew.
        const SendVerdict anew = send_code(challenge, challenge.sent_at + minutes{15}, limits);
        ASSERT_TRUE(anew.send);
        ASSERT_EQ(anew.challenge, (Challenge{challenge.sent_at + minutes{15}, 1, 0}));
    }
}

TEST(SignUp, ACodeLivesFifteenMinutesAndTheNextComesAfterOne)
{
    const Limits limits;
    const Challenge challenge{start, 1, 4};
    EXPECT_EQ(judge_code(challenge, true, start, limits), CodeAnswer::right);
    EXPECT_EQ(judge_code(challenge, true, start + minutes{15} - Duration{1}, limits), CodeAnswer::right);
    EXPECT_EQ(judge_code(challenge, true, start + minutes{15}, limits), CodeAnswer::expired);
    EXPECT_EQ(judge_code({start, 1, 5}, true, start + minutes{15}, limits), CodeAnswer::spent);
    EXPECT_EQ(tries_left(challenge, limits), 1);
    EXPECT_EQ(tries_left({start, 1, 7}, limits), 0);

    const SendVerdict early = send_code(challenge, start + seconds{60} - Duration{1}, limits);
    EXPECT_FALSE(early.send);
    EXPECT_EQ(early.challenge, challenge);
    EXPECT_EQ(early.next_send_at, start + seconds{60});
    EXPECT_TRUE(send_code(challenge, start + seconds{60}, limits).send);
    EXPECT_FALSE(send_code(Challenge{start, 5, 0}, start + minutes{15} - Duration{1}, limits).send);
}

TEST(SignUpModel, EveryNoticeAddress)
{
    const Limits limits;
    int taken = 0;
    for (unsigned bits = 0; bits < 16; ++bits)
        for (const Duration age :
             {Duration{0}, minutes{15} - Duration{1}, Duration{minutes{15}}, Duration{hours{24 * 365}}}) {
            const auto bit = [bits](unsigned n) { return (bits >> n & 1u) != 0; };
            const NoticeFacts facts{bit(0), bit(1), bit(2), bit(3), start - age};
            std::vector<NoticeRefusal> reasons;
            if (!facts.may_change_settings) reasons.push_back(NoticeRefusal::level_too_low);
            if (facts.has_one) reasons.push_back(NoticeRefusal::has_one);
            if (facts.same_address) reasons.push_back(NoticeRefusal::same_address);
            if (facts.same_provider) reasons.push_back(NoticeRefusal::same_provider);
            const NoticeVerdict verdict = judge_notice_address(facts, start, limits);
            ASSERT_EQ(verdict.refusal.has_value(), !reasons.empty());
            if (verdict.refusal)
                ASSERT_EQ(*verdict.refusal, reasons.front());
            else
                ++taken;
            ASSERT_EQ(verdict.needs_step_up, age >= minutes{15}) << "only while the account is being set up";
        }
    EXPECT_EQ(taken, 4) << "one of sixteen answers, at each age";
}

TEST(SignUp, Limits)
{
    const Limits limits;
    EXPECT_EQ(limits.row_life, hours{24});
    EXPECT_EQ(limits.code_life, minutes{15});
    EXPECT_EQ(limits.code_tries_max, 5);
    EXPECT_EQ(limits.sends_max, 5);
    EXPECT_EQ(limits.send_gap, seconds{60});
    EXPECT_EQ(limits.setting_up, minutes{15});
    EXPECT_EQ(Challenge{}.sends, 0);
    EXPECT_EQ(Challenge{}.tries, 0);
    EXPECT_EQ(Row{}.stage, Stage::address);
}

}  // namespace
}  // namespace sallyport::policy::sign_up
