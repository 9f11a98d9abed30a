namespace Switch.Settlement.Consuming;

/// <summary>Columns in the order in which both stores write them; a later migration may add others.</summary>
internal static class TableColumns
{
    public const string Payment =
        "id, transaction_id, root_transaction_id, merchant_id, terminal_id, acquirer, rrn, stan, batch_number, kind, "
        + "entry_mode, currency, requested_minor, approved_minor, outcome, declined_by, response_code, approval_code, "
        + "scheme, funding, issuer_country, mcc, card_first_six, card_last_four, card_token, business_date, "
        + "accepted_ms, answered_ms, stage, approval_entry_id";

    public const string Event =
        "id, event_id, payment_id, type, occurred_ms, partition_no, partition_offset, payload";

    public const string Entry =
        "id, event_row, payment_id, reference, acquirer, merchant_id, currency, business_date, settle_date, kind";

    public const string Posting = "entry_id, line, account, amount_minor, rule_id, remainder_micro";

    public const string Balance =
        "settle_date, acquirer, merchant_id, currency, business_date, entry_kind, account, amount_minor, "
        + "remainder_micro, entries";

    public const string DeadLetter =
        "topic, partition_no, partition_offset, reason, received_ms, message_key, payload, message_type";
}
