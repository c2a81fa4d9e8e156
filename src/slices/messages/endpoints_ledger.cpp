// A15: the list of messages of who is signed in.
#include "access/account_page.h"
#include "access/routes.h"
#include "http/pages.h"
#include "slices/messages/endpoints_parts.h"
#include "slices/messages/list_messages.h"
#include "slices/messages/subjects.h"

#include "render/messages.h"
#include "views/account_messages.h"

namespace sallyport::messages {

namespace {

using render::Msg;
using store::MessageState;
using store::SentMessage;
using Listed = views::AccountMessages::ListedMessage;

std::string_view name_of(MessageState state)
{
    switch (state) {
    case MessageState::waiting: return "waiting";
    case MessageState::delayed: return "delayed";
    case MessageState::delivered: return "delivered";
    case MessageState::refused: return "refused";
    case MessageState::bounced: return "bounced";
    case MessageState::complained: return "junk";
    case MessageState::failed: break;
    }
    return "failed";
}

Msg words_of(const SentMessage& message)
{
    const bool text = message.channel == store::OutboxChannel::text;
    switch (message.state) {
    case MessageState::waiting: return Msg::messages_state_waiting;
    case MessageState::delayed: return Msg::messages_state_delayed;
    case MessageState::delivered:
        return text ? Msg::messages_state_delivered_text : Msg::messages_state_delivered_mail;
    case MessageState::refused: return Msg::messages_state_refused;
    case MessageState::bounced: return Msg::messages_state_bounced;
    case MessageState::complained: return Msg::messages_state_junk;
    case MessageState::failed: break;
    }
    return Msg::messages_state_failed;
}

std::string channel_of(const render::Page& page, const SentMessage& message)
{
    const bool text = message.channel == store::OutboxChannel::text;
    if (message.to.empty())
        return render::text(page, text ? Msg::messages_by_text_plain : Msg::messages_by_mail_plain);
    return render::text(page, text ? Msg::messages_by_text : Msg::messages_by_mail, {{"to", message.to}});
}

Listed listed(const render::Page& page, const proof::Brand& brand, const SentMessage& message)
{
    Listed row;
    if (!message.number.empty()) row.number = message.number;
    const render::Language language = render::language_of(message.language).value_or(page.language);
    row.subject = subject_of(message.mail, brand, language);
    row.tag = std::string(render::tag(language));
    row.direction = std::string(render::direction(language));
    row.at = message.created_at;
    row.to = channel_of(page, message);
    row.state = std::string(name_of(message.state));
    row.state_text = render::text(page, words_of(message));
    return row;
}

Task<http::Response> show_messages(const access::Access& access, http::Request request, access::SignedIn who)
{
    auto page = co_await access::account_page(access, request, who);
    const auto after = place_of(request.query.get("after"));
    const auto found = co_await list_messages(access.world(), who.session.account, after);
    views::AccountMessages view;
    view.first = !after.has_value();
    for (const SentMessage& message : found.messages) {
        view.messages.push_back(listed(page, access.world().brand, message));
        view.texts = view.texts || message.channel == store::OutboxChannel::text;
    }
    if (found.next) view.older = "/account/messages?after=" + text_of(*found.next);
    co_return http::respond(request, page, view);
}

}  // namespace

void add_ledger(http::Router& router, const access::Access& access)
{
    access::add_signed_in(router, access, http::Method::get, "/account/messages", show_messages);
}

}  // namespace sallyport::messages
