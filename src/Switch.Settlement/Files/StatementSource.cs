using System.Data.Common;
using Switch.Settlement.Days;
using Switch.Settlement.Terms;

namespace Switch.Settlement.Files;

/// <summary>Reads the statements of a close from the books.</summary>
internal sealed class StatementSource(DbConnection connection, ClosedDay day, SettlementTerms terms)
{
    private const int IbanGroup = 4;

    private readonly IReadOnlyList<string> _dates = day.ReadDates(connection);

    /// <summary>The statement that goes with a payout's row, whether anything is paid or not.</summary>
    /// <exception cref="InvalidDataException">Its lines do not lead to what was paid: broken books.</exception>
    public Statement Read(PayoutRow payout)
    {
        var of = new { day.From, day.To, Dates = _dates, payout.MerchantId, payout.Currency };
        var payer = day.Operator ?? terms.Operator;
        var statement = new Statement
        {
            Number = payout.Id,
            MerchantId = payout.MerchantId,
            MerchantName = payout.CreditorName,
            MerchantDetails = day.Operator is null
                ? terms.MerchantOf(payout.MerchantId).Details
                : PartyDetails.Lines(payout.CreditorDetails),
            IssuerName = payer.Name,
            IssuerDetails = payer.Details,
            CloseDate = day.Date,
            Currency = payout.Currency,
            BroughtMinor = payout.BroughtMinor,
            Lines =
            [
                .. connection.ReadAll<MovementRow>(ClosedDaySql.MovementsOfMerchant, of)
                    .Select(static row => row.ToStatement()),
            ],
            Fees =
            [
                .. connection.ReadAll<AmountRow>(ClosedDaySql.FeesByRule, of)
                    .Select(static row => new StatementFee(row.Text, row.Count, row.AmountMinor)),
            ],
            Adjustments = Adjustments(of),
            Payout = payout.AmountMinor == 0
                ? null
                : new StatementPayout(BusinessDay.Parse(payout.ValueDate), Account(payout), payout.AmountMinor),
            HoldReason = payout.HoldReason,
        };
        if (statement.CarriedMinor == payout.CarriedMinor) return statement;
        throw new InvalidDataException(
            $"statement {payout.Id} carries {statement.CarriedMinor} minor forward, the close {payout.CarriedMinor}");
    }

    private List<StatementAdjustment> Adjustments(object of)
    {
        var entered = connection.ReadAll<AmountRow>(ClosedDaySql.Adjustments, of).Select(static row =>
            new StatementAdjustment(
                BusinessDay.Parse(row.Date), $"{Name((AdjustmentKind)row.Kind)} {row.Reference}: {row.Text}",
                row.AmountMinor));
        var released = connection.ReadAll<AmountRow>(ClosedDaySql.Releases, of).Select(static row =>
            new StatementAdjustment(BusinessDay.Parse(row.Date), $"Released {row.Text}", row.AmountMinor));
        return [.. entered, .. released];
    }

    private static string Name(AdjustmentKind kind) => kind switch
    {
        AdjustmentKind.Chargeback => "Chargeback",
        AdjustmentKind.ChargebackWon => "Chargeback won",
        _ => "Correction",
    };

    private static string Account(PayoutRow payout) => payout.Iban.Length > 0
        ? string.Join(' ', payout.Iban.Chunk(IbanGroup).Select(static group => new string(group)))
        : payout.Account;
}
