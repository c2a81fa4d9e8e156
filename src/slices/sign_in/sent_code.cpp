#include "slices/sign_in/sent_code.h"

#include "base/phone_number.h"
#include "slices/sign_in/half_finished.h"
#include "slices/sign_in/held.h"

#include <algorithm>

namespace sallyport::sign_in {

namespace {

using policy::Method;

/// Where codes of this method may go; empty where the account has it not, or it is not offered.
std::vector<std::string> targets_of(const proof::World& world, const store::CredentialSet& credentials,
                                    Method method)
{
    const auto choices = choices_of(world, credentials, {});
    if (std::ranges::find(choices, method, &Choice::method) == choices.end()) return {};
    if (method == Method::email_code) return {credentials.primary_address().address()};
    std::vector<std::string> numbers;
    auto phones = credentials.phones();
    std::ranges::sort(phones, {}, &store::Phone::proven_at);
    for (const store::Phone& phone : phones) numbers.push_back(phone.number);
    return numbers;
}

std::string masked(const std::string& target, Method method)
{
    if (method == Method::sms_code) {
        const auto number = PhoneNumber::from_e164(target);
        return number ? number->masked() : "•••";
    }
    const auto address = Email::parse(target);
    return address ? address->masked() : "•••";
}

}  // namespace

bool is_sent(Method method) noexcept { return method == Method::email_code || method == Method::sms_code; }

proof::CodePlace place_of(const AccountId& account, const store::TokenHash& half_finished, Method method)
{
    using policy::challenge::Channel;
    return {account, half_finished, policy::challenge::Purpose::second_factor,
            method == Method::email_code ? Channel::email : Channel::text};
}

Task<std::optional<SentPage>> find_sent_page(proof::World& world, store::TokenHash half_finished,
                                             Method method)
{
    auto work = [&world, half_finished, method](db::Tx& tx) -> std::optional<SentPage> {
        const Instant now = world.clock.now();
        const auto row = find(tx, world, half_finished, now);
        if (!row) return std::nullopt;
        const auto credentials = store::CredentialSet::load(tx, world.keys, row->account);
        const auto targets = targets_of(world, credentials, method);
        if (targets.empty()) return std::nullopt;
        SentPage page{credentials.primary_address(), {}, {}, 0, {}};
        page.code = proof::read_code(tx, world, place_of(row->account, half_finished, method), now);
        for (const std::string& target : targets) {
            if (page.code && page.code->to == target) page.target = page.targets.size();
            page.targets.push_back(masked(target, method));
            if (method == Method::sms_code) page.reaches.push_back(proof::reach_of(world, target));
        }
        return page;
    };
    co_return co_await world.database.transact(std::move(work));
}

Task<std::optional<proof::SendOutcome>> send_second(proof::World& world, proof::Asker asker,
                                                    store::TokenHash half_finished, Method method,
                                                    std::size_t target, bool call)
{
    struct Going {
        AccountId account;
        std::string to;
    };
    auto look = [&world, half_finished, method, target](db::Tx& tx) -> std::optional<Going> {
        const auto row = find(tx, world, half_finished, world.clock.now());
        if (!row) return std::nullopt;
        const auto credentials = store::CredentialSet::load(tx, world.keys, row->account);
        const auto targets = targets_of(world, credentials, method);
        if (target >= targets.size()) return std::nullopt;
        return Going{row->account, targets[target]};
    };
    const auto going = co_await world.database.transact(std::move(look));
    if (!going) co_return std::nullopt;
    const auto place = place_of(going->account, half_finished, method);
    proof::CodeTarget target_of_code{going->to, true};
    target_of_code.call = call;
    co_return co_await proof::send_code(world, std::move(asker), place, std::move(target_of_code));
}

}  // namespace sallyport::sign_in
