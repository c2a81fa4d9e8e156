#include "slices/messages/check_mail.h"

#include "slices/messages/check_message.h"

#include <algorithm>

namespace sallyport::messages {

namespace rules = policy::mail_checks;

namespace {

using rules::Part;
using rules::Signature;

/// The mail of an upload that is asked about: one with a number for this recipient, else the first.
struct Candidate {
    UploadedMail mail;
    crypto::MessageNumber number{};
    Found found = Found::itself;
    CheckedSignature signature{Signature::none, {}, {}};
    bool signed_to_recipient = false;
};
using Reading = Result<Candidate, UploadProblem>;

/// The one that says most, of those by keys that are known here.
CheckedSignature best_signature(const std::string& raw, const DkimKeys& keys)
{
    CheckedSignature best{Signature::none, {}, {}};
    for (CheckedSignature& one : check_signatures(raw, keys))
        if (one.state > best.state) best = std::move(one);
    return best;
}

/// The numbers of all its mails, with whose number each is: of a mail itself before those in texts.
struct Named {
    crypto::MessageNumber number;
    std::size_t mail;
    bool in_text;
};
std::vector<Named> numbers_in(const std::vector<UploadedMail>& mails)
{
    std::vector<Named> numbers;
    for (std::size_t i = 0; i < mails.size(); ++i)
        if (mails[i].number) numbers.push_back({*mails[i].number, i, false});
    for (std::size_t i = 0; i < mails.size(); ++i)
        for (const crypto::MessageNumber& one : mails[i].quoted) numbers.push_back({one, i, true});
    return numbers;
}

Reading read_candidate(const std::string& upload, const crypto::MessageNumbers& numbers, const DkimKeys& keys,
                       const std::string& recipient)
{
    auto mails = read_upload(upload);
    if (!mails) return failure(mails.error());
    const std::vector<Named> named = numbers_in(*mails);
    const std::string to = store::number_recipient(recipient);
    const auto right =
        std::ranges::find_if(named, [&](const Named& one) { return numbers.is_for(one.number, to); });
    const Named* const chosen = right != named.end() ? &*right : named.empty() ? nullptr : &named.front();
    // Without any number, a mail with a signature of ours: an attached one rather than what carries it.
    std::size_t at = chosen != nullptr ? chosen->mail : 0;
    std::vector<CheckedSignature> signatures;
    for (const UploadedMail& mail : *mails) signatures.push_back(best_signature(mail.raw, keys));
    if (chosen == nullptr) {
        const auto best = std::ranges::max_element(signatures, {}, &CheckedSignature::state);
        at = static_cast<std::size_t>(best - signatures.begin());
    }
    Candidate candidate;
    candidate.mail = std::move((*mails)[at]);
    if (chosen != nullptr) candidate.number = chosen->number;
    candidate.found = at > 0 ? Found::attached : Found::itself;
    if (chosen != nullptr && chosen->in_text) candidate.found = Found::quoted;
    candidate.signature = std::move(signatures[at]);
    const auto asked = Email::parse(recipient);
    candidate.signed_to_recipient = asked && candidate.mail.to && *asked == *candidate.mail.to;
    return candidate;
}

/// A mail whose number stands in its text only: the mail itself, where it says that it came from us.
bool claims_to_be_ours(const std::vector<ComparedPart>& parts)
{
    const auto from = std::ranges::find(parts, "From", &ComparedPart::name);
    return from != parts.end() && from->state == Part::same;
}

std::vector<ComparedPart> parts_of(const crypto::IndexKey& key, const store::SentMessage& message,
                                   Candidate& candidate)
{
    const UploadedMail& mail = candidate.mail;
    std::vector<ComparedPart> parts = compare(key, message.number, message.parts, mail.content);
    if (candidate.found == Found::quoted && claims_to_be_ours(parts)) candidate.found = Found::itself;
    if (candidate.found == Found::quoted) {
        for (ComparedPart& part : parts) part.state = Part::unchecked;
        const bool there = quotes_text(key, message.number, message.parts, mail.around);
        for (ComparedPart& part : parts)
            if (there && part.name == "text") part.state = Part::same;
        return parts;
    }
    if (parts.empty()) return parts;
    for (const std::string_view name : mail.added) {
        const auto known = std::ranges::find(parts, name, &ComparedPart::name);
        if (known == parts.end())
            parts.push_back({name, Part::added});
        else
            known->state = Part::added;
    }
    return parts;
}

/// What is left to say once the ledger was asked. `message`: where number, recipient and row agree.
MailOutcome outcome_of(Candidate candidate, std::optional<store::SentMessage> message,
                       const crypto::IndexKey& key, Instant now)
{
    MailOutcome outcome;
    if (message) outcome.parts = parts_of(key, *message, candidate);
    std::vector<Part> states;
    for (const ComparedPart& part : outcome.parts) states.push_back(part.state);
    rules::Facts facts;
    facts.number_right = message.has_value();
    facts.quoted = candidate.found == Found::quoted;
    facts.compared = rules::compare(states);
    facts.signature = candidate.signature.state;
    facts.signature_ends = candidate.signature.ends.value_or(Instant{});
    facts.signed_to_recipient = candidate.signed_to_recipient;
    outcome.verdict = rules::judge(facts, now);
    if (outcome.verdict == rules::Verdict::never_sent) {
        outcome.parts.clear();
        return outcome;
    }
    outcome.found = candidate.found;
    outcome.message = std::move(message);
    outcome.signature = candidate.signature.state;
    return outcome;
}

}  // namespace

Task<MailOutcome> check_mail(proof::World& world, std::shared_ptr<MailChecks> checks, std::string network,
                             std::string upload, std::string recipient)
{
    const auto wait_until = co_await charge_check(world, network);
    MailOutcome outcome;
    if (wait_until) {
        outcome.wait_until = wait_until;
        co_return outcome;
    }
    std::function<Reading()> reading = [&world, checks, upload = std::move(upload), recipient] {
        const crypto::MessageNumbers numbers(world.keys.index);
        return read_candidate(upload, numbers, checks->keys, recipient);
    };
    auto read = co_await checks->side.run<Reading>(std::move(reading));
    if (!read) {
        outcome.busy = true;
        co_return outcome;
    }
    if (!*read) {
        outcome.problem = read->error();
        co_return outcome;
    }
    auto candidate = std::make_shared<Candidate>(std::move(**read));
    auto message = co_await find_genuine(world, candidate->number, std::move(recipient));
    const Instant now = world.clock.now();
    std::function<MailOutcome()> comparing = [&world, candidate, message = std::move(message), now] {
        return outcome_of(std::move(*candidate), message, world.keys.index, now);
    };
    auto compared = co_await checks->side.run<MailOutcome>(std::move(comparing));
    outcome.busy = true;
    co_return compared.value_or(std::move(outcome));
}

}  // namespace sallyport::messages
