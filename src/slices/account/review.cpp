#include "slices/account/review.h"

#include "base/record.h"
#include "proof/effects.h"
#include "proof/words.h"
#include "store/accounts.h"
#include "store/sealed_rows.h"
#include "store/sessions.h"

namespace sallyport::account {

namespace {

// The table of mailed codes keeps sealed rows by secret and purpose: here the session's own secret.
constexpr std::string_view row_purpose = "review";
constexpr std::string_view shape = "review.2";
constexpr std::size_t not_mine_max = 64;

Secret record_of(const AccountId& account, Instant begun, const Review& review)
{
    RecordWriter writer(shape);
    writer.bytes(account.bytes()).time(begun).number(static_cast<std::int64_t>(review.at));
    writer.number(static_cast<std::int64_t>(review.not_mine.size()));
    for (const NotMine& one : review.not_mine)
        writer.number(static_cast<std::int64_t>(one.step)).text(one.label);
    return writer.take_secret();
}

struct Row {
    Review review;
    Instant begun;
};

Row find_row(db::Tx& tx, const proof::World& world, const proof::Holder& actor, Instant now)
{
    Row row{{}, now};
    const auto found = store::find_mailed_code(tx, world.keys, actor.session, row_purpose, now);
    if (!found) return row;
    RecordReader reader(found->content.reveal(), shape);
    if (reader.bytes() != actor.account.bytes()) return row;
    row.begun = reader.time();
    row.review.at = static_cast<ReviewStep>(reader.number());
    for (std::int64_t left = reader.number(); left > 0; --left) {
        const auto step = static_cast<ReviewStep>(reader.number());
        row.review.not_mine.push_back({step, reader.text()});
    }
    reader.end();
    return row;
}

bool is_empty(const Holdings& holdings, ReviewStep step)
{
    switch (step) {
    case ReviewStep::devices: return holdings.devices.empty();
    case ReviewStep::trusted: return holdings.trusted.empty();
    case ReviewStep::passkeys: return holdings.passkeys.empty();
    case ReviewStep::apps: return holdings.apps.empty();
    case ReviewStep::phones: return holdings.phones.empty();
    case ReviewStep::addresses:
    case ReviewStep::words:
    case ReviewStep::done: break;
    }
    return false;
}

/// `at`, or the next one of which there is something.
ReviewStep first_from(const Holdings& holdings, ReviewStep at)
{
    for (const ReviewStep step : review_steps)
        if (step >= at && !is_empty(holdings, step)) return step;
    return ReviewStep::done;
}

Holdings holdings_of(db::Tx& tx, const proof::World& world, const proof::Holder& actor)
{
    const auto credentials = store::CredentialSet::load(tx, world.keys, actor.account);
    Holdings holdings;
    for (Device& device : devices_of(tx, world, actor))
        if (!device.own) holdings.devices.push_back(std::move(device));
    holdings.trusted = trusted_in(tx, world, actor);
    holdings.passkeys = credentials.passkeys(tx);
    holdings.apps = credentials.totp_apps(tx, world.keys);
    for (store::TotpApp& app : holdings.apps) app.secret = Secret();
    holdings.phones = credentials.phones();
    holdings.channels = credentials.channels();
    return holdings;
}

void finish(db::Tx& tx, const proof::World& world, const proof::Holder& actor, const Review& review,
            Instant now)
{
    const std::string count = std::to_string(review.not_mine.size());
    const auto credentials = store::CredentialSet::load(tx, world.keys, actor.account);
    const auto account = store::load_account(tx, world.keys, actor.account);
    auto facts = proof::facts_of(actor.asker, now);
    facts.emplace_back("left", count);
    proof::tell(tx, world, policy::notices::Kind::account_reviewed, account, credentials, facts, now);
    proof::note(tx, world, actor.account, "account_reviewed", actor.asker, now, count);
}

/// Somebody else reads there, and has read the words.
void report_mailbox(db::Tx& tx, const proof::World& world, const proof::Holder& actor, Instant now)
{
    proof::renew_words(tx, world, actor.account, now);
    const auto credentials = store::CredentialSet::load(tx, world.keys, actor.account);
    const auto account = store::load_account(tx, world.keys, actor.account);
    proof::tell(tx, world, policy::notices::Kind::words_changed, account, credentials,
                proof::facts_of(actor.asker, now), now);
    proof::note(tx, world, actor.account, "words_changed", actor.asker, now);
}

void settle(db::Tx& tx, const proof::World& world, const proof::Holder& actor, ReviewStep step,
            const std::vector<NotMine>& not_mine, const Ended& ended)
{
    const Instant now = world.clock.now();
    Row row = find_row(tx, world, actor, now);
    const ReviewStep awaited = first_from(holdings_of(tx, world, actor), row.review.at);
    if (awaited != step || step == ReviewStep::done || !proof::is_in_force(tx, world, actor)) return;
    for (const SessionId& session : ended.sessions) end_named(tx, world, actor, session);
    for (const BrowserId& browser : ended.trusted) end_named_trust(tx, world, actor, browser);
    if (step == ReviewStep::addresses && !not_mine.empty()) report_mailbox(tx, world, actor, now);
    for (const NotMine& one : not_mine)
        if (row.review.not_mine.size() < not_mine_max) row.review.not_mine.push_back(one);
    const auto next = static_cast<ReviewStep>(static_cast<int>(step) + 1);
    row.review.at = first_from(holdings_of(tx, world, actor), next);
    store::put_mailed_code(tx, world.keys, actor.session, row_purpose,
                           record_of(actor.account, row.begun, row.review), now + review_life);
    if (row.review.at == ReviewStep::done) finish(tx, world, actor, row.review, now);
}

}  // namespace

Task<Review> read_review(proof::World& world, proof::Holder actor)
{
    auto work = [&world, &actor](db::Tx& tx) {
        Row row = find_row(tx, world, actor, world.clock.now());
        row.review.holdings = holdings_of(tx, world, actor);
        row.review.at = first_from(row.review.holdings, row.review.at);
        return std::move(row.review);
    };
    co_return co_await world.database.transact(std::move(work));
}

Task<void> answer_review(proof::World& world, proof::Holder actor, ReviewStep step,
                         std::vector<NotMine> not_mine, Ended ended)
{
    auto work = [&world, &actor, step, &not_mine, &ended](db::Tx& tx) {
        settle(tx, world, actor, step, not_mine, ended);
    };
    co_await world.database.transact(std::move(work));
    world.mail_is_waiting();
}

Task<void> stop_questions(proof::World& world, proof::Holder actor)
{
    auto work = [&world, &actor](db::Tx& tx) {
        store::end_step_ups(tx, actor.account);
        proof::note(tx, world, actor.account, "questions_stopped", actor.asker, world.clock.now());
    };
    co_await world.database.transact(std::move(work));
}

Task<void> begin_review(proof::World& world, proof::Holder actor)
{
    auto work = [&actor](db::Tx& tx) { store::take_mailed_code(tx, actor.session, row_purpose); };
    co_await world.database.transact(std::move(work));
}

}  // namespace sallyport::account
