#include "slices/messages/notices.h"

namespace sallyport::messages {

using render::Msg;

const std::vector<Notice>& notices_of_addresses()
{
    static const std::vector<Notice> all{
        {"E7-known",
         Facts::closed,
         Msg::mails_e7_known_subject,
         Msg::mails_e7_known_what,
         {},
         Msg::mails_e7_known_if_you,
         Msg::mails_e7_known_if_not},
        {"E29",
         Facts::all,
         Msg::mails_e29_subject,
         Msg::mails_e29_what,
         {Msg::mails_e29_until, Msg::mails_stop_how},
         Msg::mails_e40_if_you,
         Msg::mails_e29_if_not},
        {"E29-stopped",
         Facts::all,
         Msg::mails_e29_stopped_subject,
         Msg::mails_e29_stopped_what,
         {},
         Msg::mails_if_you,
         Msg::mails_e29_stopped_if_not},
        {"E30",
         Facts::time_only,
         Msg::mails_e30_subject,
         Msg::mails_e30_what,
         {Msg::mails_e30_hold, Msg::mails_undo_how},
         Msg::mails_if_you,
         Msg::mails_e30_if_not},
        {"E30-taken",
         Facts::time_only,
         Msg::mails_e30_taken_subject,
         Msg::mails_e30_taken_what,
         {},
         Msg::mails_e30_taken_if_you},
        {"E30-undone",
         Facts::time_only,
         Msg::mails_e30_undone_subject,
         Msg::mails_e30_undone_what,
         {Msg::mails_e30_undone_hold},
         Msg::mails_if_you,
         Msg::mails_e30_undone_if_not},
    };
    return all;
}

const std::vector<Notice>& notices_of_codes()
{
    static const std::vector<Notice> all{
        {"E25-added",
         Facts::all,
         Msg::mails_e25_added_subject,
         Msg::mails_e25_added_what,
         {Msg::mails_e25_weak}},
        {"E25-asked",
         Facts::all,
         Msg::mails_e25_asked_subject,
         Msg::mails_e25_asked_what,
         {Msg::mails_e25_asked_until, Msg::mails_stop_how},
         Msg::mails_e40_if_you,
         Msg::mails_e25_asked_if_not},
        {"E25-changed",
         Facts::time_only,
         Msg::mails_e25_changed_subject,
         Msg::mails_e25_changed_what,
         {Msg::mails_e25_hold}},
        {"E25-removed", Facts::all, Msg::mails_e25_removed_subject, Msg::mails_e25_removed_what, {}},
        {"E26-on", Facts::all, Msg::mails_e26_on_subject, Msg::mails_e26_on_what, {Msg::mails_e26_weak}},
        {"E26-off", Facts::all, Msg::mails_e26_off_subject, Msg::mails_e26_off_what, {}},
    };
    return all;
}

const std::vector<Notice>& notices_of_locks()
{
    static const std::vector<Notice> all{
        {"E50",
         Facts::all,
         Msg::mails_e50_subject,
         Msg::mails_e50_what,
         {Msg::mails_e50_number},
         Msg::mails_e50_if_you,
         Msg::mails_e50_if_not},
        {"E50-paused",
         Facts::all,
         Msg::mails_e50_paused_subject,
         Msg::mails_e50_paused_what,
         {Msg::mails_e50_paused_until},
         Msg::mails_if_you,
         Msg::mails_e50_paused_if_not},
        {"E51-asked",
         Facts::all,
         Msg::mails_e51_asked_subject,
         Msg::mails_e51_asked_what,
         {Msg::mails_e51_asked_until},
         Msg::mails_if_you,
         Msg::mails_e51_asked_if_not},
        {"E51",
         Facts::time_only,
         Msg::mails_e51_subject,
         Msg::mails_e51_what,
         {Msg::mails_e51_review, Msg::mails_e50_number},
         Msg::mails_if_you,
         Msg::mails_if_not},
    };
    return all;
}

}  // namespace sallyport::messages
