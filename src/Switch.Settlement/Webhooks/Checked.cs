using System.Diagnostics.CodeAnalysis;

namespace Switch.Settlement.Webhooks;

/// <summary>What an operator asked for, or why it was refused, in words for a person.</summary>
internal readonly record struct Checked<T>(T? Value, string? Fault)
    where T : notnull
{
    /// <summary>Whether it was done.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Fault))]
    public bool IsDone => Fault is null;

    public static Checked<T> Done(T value) => new(value, null);

    public static Checked<T> Refused(string fault) => new(default, fault);
}
