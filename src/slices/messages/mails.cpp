#include "slices/messages/mails.h"

#include "base/check.h"
#include "render/browser_name.h"
#include "render/messages.h"
#include "slices/messages/notices.h"
#include "slices/messages/parameters.h"
#include "views/mail/mail_code.h"
#include "views/mail/mail_notice.h"

#include <algorithm>
#include <array>

namespace sallyport::messages {

namespace {

using render::Language;
using render::Letter;
using render::Message;
using render::Msg;

struct Code {
    std::string_view mail;
    Msg subject, purpose, not_you;
    /// Browser and address only where the first factor was proven (ux.md, M4).
    Facts facts = Facts::closed;
};
constexpr std::array codes{
    Code{"E1", Msg::mails_e1_subject, Msg::mails_e1_purpose, Msg::mails_e1_not_you},
    Code{"E2", Msg::mails_e2_subject, Msg::mails_e2_purpose, Msg::mails_e2_not_you},
    Code{"E2-second", Msg::mails_e2_subject, Msg::mails_e2_second_purpose, Msg::mails_e2_second_not_you,
         Facts::all},
    Code{"E3", Msg::mails_e3_subject, Msg::mails_e3_purpose, Msg::mails_e3_not_you, Facts::all},
    Code{"E4", Msg::mails_e4_subject, Msg::mails_e4_purpose, Msg::mails_e4_not_you, Facts::listed},
    Code{"E5", Msg::mails_e5_subject, Msg::mails_e5_purpose, Msg::mails_e5_not_you},
    Code{"E6", Msg::mails_e6_subject, Msg::mails_e6_purpose, Msg::mails_e6_not_you},
    Code{"E7", Msg::mails_e7_subject, Msg::mails_e7_purpose, Msg::mails_e7_not_you},
    Code{"E7-again", Msg::mails_e7_subject, Msg::mails_e7_again_purpose, Msg::mails_e7_again_not_you,
         Facts::all},
    Code{"E8", Msg::mails_e8_subject, Msg::mails_e8_purpose, Msg::mails_e8_not_you},
    Code{"E45-code", Msg::mails_e45_code_subject, Msg::mails_e45_code_purpose, Msg::mails_e45_code_not_you},
};

/// Of sign-ins and sessions.
const std::vector<Notice>& notices_of_sign_ins()
{
    static const std::vector<Notice> all{
        {"E11", Facts::all, Msg::mails_e11_subject, Msg::mails_e11_what, {}},
        {"E12", Facts::all, Msg::mails_e12_subject, Msg::mails_e12_what, {}},
        {"E15", Facts::all, Msg::mails_e15_subject, Msg::mails_e15_what, {Msg::mails_e15_left}},
        {"E16", Facts::all, Msg::mails_e16_subject, Msg::mails_e16_what, {}},
        {"E17",
         Facts::all,
         Msg::mails_e17_subject,
         Msg::mails_e17_what,
         {Msg::mails_e17_may},
         Msg::mails_if_you,
         Msg::mails_e17_if_not},
    };
    return all;
}

/// Of a reset.
const std::vector<Notice>& notices_of_reset()
{
    static const std::vector<Notice> all{
        {"E5-none",
         Facts::closed,
         Msg::mails_e5_none_subject,
         Msg::mails_e5_none_what,
         {},
         Msg::mails_e5_none_if_you,
         Msg::mails_e5_none_if_not},
        {"E5-locked",
         Facts::closed,
         Msg::mails_e5_locked_subject,
         Msg::mails_e5_locked_what,
         {},
         Msg::mails_e5_locked_if_you,
         Msg::mails_e5_locked_if_not},
        {"E18",
         Facts::all,
         Msg::mails_e18_subject,
         Msg::mails_e18_what,
         {Msg::mails_e18_needs},
         Msg::mails_if_you,
         Msg::mails_e18_if_not},
        {"E19-reset",
         Facts::all,
         Msg::mails_e19_reset_subject,
         Msg::mails_e19_reset_what,
         {Msg::mails_e19_reset_ended, Msg::mails_e19_reset_hold},
         Msg::mails_if_you,
         Msg::mails_e19_reset_if_not},
    };
    return all;
}

/// Of a case on a road back; each with a stop code while it can be stopped.
const std::vector<Notice>& notices_of_cases()
{
    static const std::vector<Notice> all{
        {"E40",
         Facts::all,
         Msg::mails_e40_subject,
         Msg::mails_e40_what,
         {Msg::mails_e40_until, Msg::mails_stop_how},
         Msg::mails_e40_if_you,
         Msg::mails_e40_if_not},
        {"E44",
         Facts::time_only,
         Msg::mails_e44_subject,
         Msg::mails_e44_what,
         {Msg::mails_e44_until, Msg::mails_stop_how},
         Msg::mails_e40_if_you,
         Msg::mails_e40_if_not},
        {"E45",
         Facts::time_only,
         Msg::mails_e45_subject,
         Msg::mails_e45_what,
         {Msg::mails_e45_until, Msg::mails_stop_how},
         Msg::mails_e40_if_you,
         Msg::mails_e40_if_not},
        {"E47-paused",
         Facts::all,
         Msg::mails_e47_paused_subject,
         Msg::mails_e47_paused_what,
         {Msg::mails_e47_paused_until, Msg::mails_stop_how},
         Msg::mails_if_you,
         Msg::mails_e40_if_not},
        {"E47",
         Facts::time_only,
         Msg::mails_e47_subject,
         Msg::mails_e47_what,
         {},
         Msg::mails_e47_if_you,
         Msg::mails_if_not},
        {"E48",
         Facts::all,
         Msg::mails_e48_subject,
         Msg::mails_e48_what,
         {Msg::mails_e19_reset_ended, Msg::mails_e19_reset_hold},
         Msg::mails_if_you,
         Msg::mails_e19_reset_if_not},
    };
    return all;
}

/// Of a password that comes and goes, and of a review.
const std::vector<Notice>& notices_of_passwords()
{
    static const std::vector<Notice> all{
        {"E19-added",
         Facts::all,
         Msg::mails_e19_added_subject,
         Msg::mails_e19_added_what,
         {Msg::mails_e19_ended, Msg::mails_e19_added_hold}},
        {"E19-asked",
         Facts::all,
         Msg::mails_e19_asked_subject,
         Msg::mails_e19_asked_what,
         {Msg::mails_e19_asked_until, Msg::mails_stop_how},
         Msg::mails_e40_if_you,
         Msg::mails_e19_asked_if_not},
        {"E19-removed",
         Facts::time_only,
         Msg::mails_e19_removed_subject,
         Msg::mails_e19_removed_what,
         {Msg::mails_e19_removed_hold},
         Msg::mails_if_you,
         Msg::mails_e19_removed_if_not},
        {"E48-review",
         Facts::all,
         Msg::mails_e48_review_subject,
         Msg::mails_e48_review_what,
         {Msg::mails_e48_review_left}},
    };
    return all;
}

const std::vector<Notice>& notices()
{
    static const std::vector<Notice> all{
        {"E9",
         Facts::closed,
         Msg::mails_e9_subject,
         Msg::mails_e9_what,
         {},
         Msg::mails_e9_if_you,
         Msg::mails_e9_if_not},
        {"E10",
         Facts::time_only,
         Msg::mails_e10_subject,
         Msg::mails_e10_what,
         {Msg::mails_e10_words, Msg::mails_e10_change},
         Msg::mails_e10_if_you,
         Msg::mails_e10_if_not},
        {"E19",
         Facts::all,
         Msg::mails_e19_subject,
         Msg::mails_e19_what,
         {Msg::mails_e19_ended, Msg::mails_e19_hold}},
        {"E23",
         Facts::all,
         Msg::mails_e23_subject,
         Msg::mails_e23_what,
         {Msg::mails_e23_old, Msg::mails_e19_hold}},
        {"E27",
         Facts::all,
         Msg::mails_e27_subject,
         Msg::mails_e27_what,
         {Msg::mails_e27_old, Msg::mails_e19_hold}},
        {"E31", Facts::all, Msg::mails_e31_subject, Msg::mails_e31_what, {Msg::mails_e31_new}},
    };
    return all;
}

const std::vector<const std::vector<Notice>*>& lists()
{
    static const std::vector<const std::vector<Notice>*> all{
        &notices(),
        &notices_of_sign_ins(),
        &notices_of_reset(),
        &notices_of_cases(),
        &notices_of_passwords(),
        &notices_of_addresses(),
        &notices_of_codes(),
        &notices_of_passkeys(),
        &notices_of_locks(),
        &notices_of_settings(),
        &notices_of_funds(),
        &notices_of_protection(),
        &notices_of_papers(),
        &notices_of_support(),
        &notices_of_reports(),
        &notices_of_operators(),
        &notices_of_operations(),
    };
    return all;
}

Letter letter_for(const MailBrand& brand, const store::OutboxMail& mail)
{
    Letter letter;
    letter.language = render::language_of(mail.language).value_or(Language::en);
    letter.brand = brand.brand;
    letter.host = brand.host;
    if (const std::string* const words = find(mail, "words")) letter.words = *words;
    letter.words_changed = moment(mail, "words_changed_at");
    if (const std::string* const before = find(mail, "words_before")) letter.words_before = *before;
    letter.message_number = mail.number;
    if (const std::string* const code = find(mail, "lock_code")) letter.lock_code = *code;
    return letter;
}

/// What the messages of the catalogue may ask for; each takes the arguments that it names.
Message message_of(Msg id, const MailBrand& brand, const store::OutboxMail& mail)
{
    Message message{id, {{"brand", brand.brand}, {"host", brand.host}}};
    for (const char* const name : {"name", "stop", "case"})
        if (const std::string* const text = find(mail, name)) message.arguments.emplace_back(name, *text);
    for (const char* const name : {"left", "count", "times"})
        if (const std::string* const count = find(mail, name))
            message.arguments.emplace_back(name, number(*count));
    for (const char* const name : {"until", "since"})
        if (const auto at = moment(mail, name)) message.arguments.emplace_back(name, *at);
    return message;
}

template <class View>
RenderedMail rendered(const View& view, const Letter& letter)
{
    RenderedMail out;
    out.subject = mail_subject(view, letter);
    write_mail_text(view, letter, out.text);
    write_mail_html(view, letter, out.html);
    return out;
}

/// What it is about, in pairs: as the page of a step-up says it (proof/sent_codes.h), or of a withdrawal.
template <class Fact>
void say_facts(const store::OutboxMail& mail, std::vector<Fact>& facts)
{
    for (const auto& [name, value] : mail.parameters) {
        if (name == "fact_label") facts.push_back({value, {}});
        if (name == "fact_value" && !facts.empty()) facts.back().value = value;
    }
}

RenderedMail render_code(const Code& code, const MailBrand& brand, const store::OutboxMail& mail,
                         Instant created_at)
{
    const Letter letter = letter_for(brand, mail);
    views::MailCode view;
    view.subject = render::text(letter, message_of(code.subject, brand, mail));
    view.purpose = message_of(code.purpose, brand, mail);
    view.code = need(mail, "code");
    view.until = created_at + useful_for(code.mail);
    view.not_you = message_of(code.not_you, brand, mail);
    if (says_list(code.facts)) {
        view.deed = need(mail, "deed");
        say_facts(mail, view.facts);
        if (const auto end = moment(mail, "until"))
            view.until = *end;  // the step-up's own, if it comes first
    }
    if (says_browser(code.facts)) {
        const auto browser = render::browser_name(letter, need(mail, "browser"));
        view.facts.push_back({render::text(letter, Msg::mails_browser), browser});
        view.facts.push_back({render::text(letter, Msg::mails_address), need(mail, "address")});
    }
    if (code.mail == "E5" && !brand.reset_link.empty()) view.link = brand.reset_link + view.code;
    return rendered(view, letter);
}

RenderedMail render_notice(const Notice& notice, const MailBrand& brand, const store::OutboxMail& mail,
                           Instant created_at)
{
    const Letter letter = letter_for(brand, mail);
    views::MailNotice view;
    view.subject = render::text(letter, message_of(notice.subject, brand, mail));
    view.what = message_of(notice.what, brand, mail);
    view.at = moment(mail, "at").value_or(created_at);
    // Without an address it was the worker, and nobody's browser.
    if (says_browser(notice.facts) && !need(mail, "address").empty()) {
        view.browser = render::browser_name(letter, need(mail, "browser"));
        view.address = need(mail, "address");
    }
    if (says_list(notice.facts)) say_facts(mail, view.facts);
    if (find(mail, "times") != nullptr)
        view.details.push_back(render::text(letter, message_of(Msg::mails_repeated, brand, mail)));
    // Only the channels that can stop it have a code.
    const bool stoppable = find(mail, "stop") != nullptr;
    for (const Msg detail : notice.details)
        if (stoppable || (detail != Msg::mails_stop_how && detail != Msg::mails_undo_how))
            view.details.push_back(render::text(letter, message_of(detail, brand, mail)));
    view.if_you = message_of(notice.if_you, brand, mail);
    view.if_not = message_of(notice.if_not, brand, mail);
    return rendered(view, letter);
}

const Code* find_code(std::string_view mail)
{
    const auto* const code = std::ranges::find(codes, mail, &Code::mail);
    return code == codes.end() ? nullptr : code;
}

const Notice* find_notice(std::string_view mail)
{
    for (const auto* const all : lists()) {
        const auto notice = std::ranges::find(*all, mail, &Notice::mail);
        if (notice != all->end()) return &*notice;
    }
    return nullptr;
}

}  // namespace

RenderedMail render_mail(const MailBrand& brand, const store::OutboxMail& mail, Instant created_at)
{
    if (const Code* const code = find_code(mail.mail))
        return render_code(*code, brand, judged(mail, code->facts), created_at);
    if (const Notice* const notice = find_notice(mail.mail))
        return render_notice(*notice, brand, judged(mail, notice->facts), created_at);
    throw ProgrammingError("a mail that the catalogue has no words for");
}

std::vector<std::string> mail_names()
{
    std::vector<std::string> names;
    for (const Code& code : codes) names.emplace_back(code.mail);
    for (const auto* const all : lists())
        for (const Notice& notice : *all) names.emplace_back(notice.mail);
    return names;
}

std::optional<Msg> mail_subject_of(std::string_view mail)
{
    if (const Code* const code = find_code(mail)) return code->subject;
    const Notice* const notice = find_notice(mail);
    return notice == nullptr ? std::nullopt : std::optional(notice->subject);
}

}  // namespace sallyport::messages
