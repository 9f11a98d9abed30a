namespace Switch.Programs;

/// <summary>The run itself failed: it says nothing about the switch. Exit status 2.</summary>
internal sealed class HarnessException : Exception
{
    public HarnessException(string message)
        : base(message)
    {
    }

    public HarnessException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
