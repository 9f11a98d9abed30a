namespace Switch.Settlement.Records;

/// <summary>A row of table payment, as the queries read it.</summary>
internal sealed class PaymentRecord
{
    public long Id { get; set; }

    public string TransactionId { get; set; } = "";

    public string RootTransactionId { get; set; } = "";

    public string MerchantId { get; set; } = "";

    public string TerminalId { get; set; } = "";

    public string Acquirer { get; set; } = "";

    public string Rrn { get; set; } = "";

    public int Stan { get; set; }

    public int BatchNumber { get; set; }

    public int Kind { get; set; }

    public int EntryMode { get; set; }

    public string Currency { get; set; } = "";

    public long RequestedMinor { get; set; }

    public long ApprovedMinor { get; set; }

    public int Outcome { get; set; }

    public int DeclinedBy { get; set; }

    public string ResponseCode { get; set; } = "";

    public string ApprovalCode { get; set; } = "";

    public string Scheme { get; set; } = "";

    public string Funding { get; set; } = "";

    public string IssuerCountry { get; set; } = "";

    public string Mcc { get; set; } = "";

    public string CardFirstSix { get; set; } = "";

    public string CardLastFour { get; set; } = "";

    /// <summary>For exports; the query API does not tell it.</summary>
    public string CardToken { get; set; } = "";

    public string BusinessDate { get; set; } = "";

    public long AcceptedMs { get; set; }

    /// <summary>0 while no answer is known.</summary>
    public long AnsweredMs { get; set; }

    public int Stage { get; set; }
}

/// <summary>An event as it came.</summary>
internal sealed class EventRecord
{
    public byte[] Payload { get; set; } = [];
}

/// <summary>A line of an entry, with its entry and the rule that made it.</summary>
internal sealed class EntryLineRow
{
    public long EntryId { get; set; }

    public int Kind { get; set; }

    public string SettleDate { get; set; } = "";

    public string Currency { get; set; } = "";

    public int Account { get; set; }

    public long AmountMinor { get; set; }

    /// <summary>Null when the line is the amount itself.</summary>
    public string? RuleKey { get; set; }

    public string? RuleText { get; set; }
}
