using System.Buffers;
using System.Runtime.CompilerServices;
using Switch.Contracts.V1;
using Switch.Service.Money;

namespace Switch.Service.Authorization;

/// <summary>Checks of single fields that several requests share.</summary>
internal static class RequestFields
{
    /// <summary>DE 4 is n12.</summary>
    public const long AmountMinorMax = 999_999_999_999;

    private const int KeyLengthMax = 64;
    private const int MerchantIdLengthMax = 15;
    private const int TerminalIdLengthMax = 8;
    private static readonly SearchValues<char> KeyCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-");

    public static void CheckKey(ref FaultList faults, string field, string key)
    {
        if (key.Length == 0) faults.Add(field, "is required");
        else if (key.Length > KeyLengthMax) faults.Add(field, "is longer than 64 characters");
        else if (key.AsSpan().ContainsAnyExcept(KeyCharacters))
            faults.Add(field, "may hold only letters, digits and . _ : -");
    }

    public static void CheckAcceptor(ref FaultList faults, string merchantId, string terminalId, string path = "")
    {
        CheckText(ref faults, path + "merchant_id", merchantId, MerchantIdLengthMax);
        CheckText(ref faults, path + "terminal_id", terminalId, TerminalIdLengthMax);
    }

    public static void CheckRange(ref FaultList faults, string field, int value, int low, int high)
    {
        if (value < low || value > high) faults.Add(field, $"must be {low} to {high}");
    }

    public static void CheckMcc(ref FaultList faults, string field, string mcc)
    {
        if (mcc.Length == 0) return;
        if (mcc.Length != 4 || mcc.AsSpan().ContainsAnyExceptInRange('0', '9'))
            faults.Add(field, "must be four digits");
    }

    /// <summary>An enum must be set, and to a value that this version knows.</summary>
    public static void CheckKnown<T>(ref FaultList faults, string field, T value, T unspecified)
        where T : struct, Enum
    {
        if (Unsafe.As<T, int>(ref value) == Unsafe.As<T, int>(ref unspecified)) faults.Add(field, "is required");
        else if (!Enum.IsDefined(value)) faults.Add(field, "is not a value that this version knows");
    }

    public static Currency? CheckMoney(ref FaultList faults, string field, Contracts.V1.Money? money)
    {
        if (money is null)
        {
            faults.Add(field, "is required");
            return null;
        }

        if (money.AmountMinor <= 0) faults.Add(field + ".amount_minor", "must be greater than zero");
        else if (money.AmountMinor > AmountMinorMax)
            faults.Add(field + ".amount_minor", "is greater than 999999999999");
        if (Currency.TryFind(money.Currency, out var currency)) return currency;

        faults.Add(field + ".currency", money.Currency.Length == 0
            ? "is required" : "is not an ISO 4217 currency code (three capital letters)");
        return null;
    }

    public static DateTime? CheckLocalTime(ref FaultList faults, string field, LocalDateTime? local)
    {
        if (local is null)
        {
            faults.Add(field, "is required");
            return null;
        }

        var isDay = local.Year is >= 2000 and <= 2099 && local.Month is >= 1 and <= 12
            && local.Day >= 1 && local.Day <= DateTime.DaysInMonth(local.Year, local.Month);
        var isTime = local.Hour is >= 0 and <= 23 && local.Minute is >= 0 and <= 59 && local.Second is >= 0 and <= 59;
        if (!isDay) faults.Add(field, "is not a day of the calendar between 2000 and 2099");
        if (!isTime) faults.Add(field, "is not a time of day");
        return isDay && isTime
            ? new DateTime(
                local.Year, local.Month, local.Day, local.Hour, local.Minute, local.Second, DateTimeKind.Unspecified)
            : null;
    }

    private static void CheckText(ref FaultList faults, string field, string value, int lengthMax)
    {
        if (value.Length == 0) faults.Add(field, "is required");
        else if (value.Length > lengthMax) faults.Add(field, $"is longer than {lengthMax} characters");
        else if (value.AsSpan().ContainsAnyExceptInRange(' ', '~') || value[0] == ' ' || value[^1] == ' ')
            faults.Add(field, "may hold only printable ASCII without spaces at its ends");
    }
}
